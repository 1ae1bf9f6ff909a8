"""Why an answer is what it is: told by the real assistant, and how sure it is, measured."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest

from assistant.answers import Answer, Filters, Reasons, Status, Turn
from assistant.pipeline import Assistant
from assistant.sureness import Reliability, Sureness, reliability_of
from eval.gold import read_gold
from eval.metrics import score_results
from eval.runner import run

REPORTING = Path(__file__).resolve().parents[1] / "eval" / "gold" / "reporting.jsonl"
DOCTORS = "养老机构内设医务室至少配几名医生？"


def reasons_of(answer: Answer) -> Reasons:
    assert answer.reasons is not None
    return answer.reasons


def printed(answer: Answer, assistant: Assistant) -> dict[str, set[str]]:
    """What stands for each word of the question in the clause shown first."""
    text = assistant.library.get(answer.citations[0].citation.document_id).text
    return {word.asked: {text[start:end] for start, end in word.found} for word in reasons_of(answer).words}


def test_the_words_of_the_question_are_found_in_the_clause(assistant: Assistant) -> None:
    answer = assistant.ask(DOCTORS)
    found = printed(answer, assistant)
    assert found["医务室"] == {"医务室"}
    assert found["医生"] == {"医师"}
    citation = answer.citations[0].citation
    for word in reasons_of(answer).words:
        assert all(citation.start <= start < end <= citation.end for start, end in word.found)


def test_what_the_glossary_adds_is_told(assistant: Assistant) -> None:
    answer = assistant.ask("褥疮发生率要多少")
    added = {word.asked: word.added for word in reasons_of(answer).words}
    assert added["褥疮"] == ("压疮",)
    assert printed(answer, assistant)["褥疮"] == {"压疮"}


def test_what_was_put_right_is_told_in_whole_words(assistant: Assistant) -> None:
    assert reasons_of(assistant.ask("大兴安宁聊护怎么办")).corrections == (("聊护", "疗护"),)
    assert reasons_of(assistant.ask(DOCTORS)).corrections == ()


def test_a_follow_up_is_told_to_be_completed(assistant: Assistant) -> None:
    first = assistant.ask(DOCTORS)
    assert not reasons_of(first).completed
    assert reasons_of(assistant.ask("那护士呢？", history=(Turn.of(first),))).completed


def test_what_was_looked_up_was_not_chosen(assistant: Assistant) -> None:
    answer = assistant.ask("长宁方案第14条")
    reasons = reasons_of(answer)
    assert (reasons.searched, reasons.articles, reasons.document_ids) == (False, ("第14条",), ("changning-2025-2",))
    assert (reasons.words, reasons.close, reliability_of(answer)) == ((), (), None)


def test_places_are_told_by_their_full_names(assistant: Assistant) -> None:
    assert reasons_of(assistant.ask("大兴消防演练多久一次？")).places == ("北京市大兴区",)


def test_close_provisions_are_real_and_not_shown(assistant: Assistant) -> None:
    for question in (DOCTORS, "家庭医生签约率", "朝阳区的养老院医务室要配几个医生？"):
        answer = assistant.ask(question)
        shown = {(each.citation.document_id, each.citation.article_id) for each in answer.citations}
        shown |= {(each.citation.document_id, each.citation.article_id) for each in answer.related}
        close = [each.citation for each in reasons_of(answer).close]
        assert close
        assert not shown & {(each.document_id, each.article_id) for each in close}
        for each in reasons_of(answer).close:
            assert each.citation.quote(assistant.library.get(each.citation.document_id)) == each.snippet


@pytest.mark.parametrize("turn", ["您好", "谢谢你啊"])
def test_a_courtesy_needs_no_reasons(turn: str, assistant: Assistant) -> None:
    answer = assistant.ask(turn)
    assert answer.reasons is None
    assert reliability_of(answer) is None


def test_nothing_in_force_leaves_nothing_close(assistant: Assistant) -> None:
    answer = assistant.ask(DOCTORS, filters=Filters(document_ids=("gone-1",)))
    assert (answer.status, reasons_of(answer).close) == (Status.NOT_FOUND, ())


DOUBTS = ("未必正是所问", "没有找到写明", "没有找到规定")


def test_how_sure_an_outcome_is_said_to_be_was_measured_and_doubt_is_told(assistant: Assistant) -> None:
    """Every share that is told lies within seven hundredths of the share measured, or within chance of so few."""
    outcomes: dict[tuple[Status, Reliability], list[bool]] = defaultdict(list)
    findings: dict[tuple[Status, Reliability], list[str]] = defaultdict(list)
    for score in score_results(run(read_gold(REPORTING, assistant.library), assistant), assistant.library):
        answer = score.result.answer
        reliability = reliability_of(answer) if answer else None
        if answer is None or reliability is None:
            continue
        key = answer.status, reliability
        right = bool(score.first_right) if answer.status is Status.ANSWERED else score.status_right
        outcomes[key].append(right)
        findings[key].append(answer.finding)
    assert len(outcomes) == 8
    for key, rights in outcomes.items():
        told = key[1].right
        chance = 2 * (told * (1 - told) / len(rights)) ** 0.5
        assert abs(mean(rights) - told) <= max(0.07, chance), key
    for (status, worth), said in findings.items():
        doubts = [any(words in each for words in DOUBTS) for each in said]
        assert all(doubts) if worth.sureness is Sureness.LOW else not any(doubts), (status, worth)
