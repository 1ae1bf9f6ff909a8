"""Scores with known values, worked out by hand, on a document small enough to see whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2
from types import MappingProxyType

import pytest

from assistant.answers import Answer, QuestionType, Quotation, Related, Status
from assistant.answers import Turn as Said
from corpus.citations import Citation, cite
from corpus.library import Library
from corpus.provisions import Metadata, PolicyDocument, Provision
from eval.gold import ArticleRef, Expect, GoldQuestion
from eval.metrics import Score, score_results
from eval.runner import Result, Turn, run
from eval.summary import Rate, evaluate, risk_coverage, summarise
from eval.verbatim import quotation_faults, related_faults

TEXT = "关于配置的通知\n一、配置\n（一）医务室至少配置1名\n主执业点医师。\n（二）护理站配置2名护士。\n"
AT = [TEXT.index(mark) for mark in ("关于", "一、", "（一）", "（二）")]
DOCUMENT = PolicyDocument(
    "notice",
    Metadata("关于配置的通知"),
    TEXT,
    (
        Provision("0", "", "", 0, None, AT[0], AT[1], AT[1]),
        Provision("1", "一、", "配置", 1, None, AT[1], AT[2], len(TEXT)),
        Provision("1.1", "一、（一）", "", 2, "1", AT[2], AT[3], AT[3]),
        Provision("1.2", "一、（二）", "", 2, "1", AT[3], len(TEXT), len(TEXT)),
    ),
)
LIBRARY = Library(MappingProxyType({"notice": DOCUMENT}))


def ref(article: str) -> ArticleRef:
    return ArticleRef("notice", article)


def quoted(article: str, marked: str = "") -> Quotation:
    citation = cite(DOCUMENT, DOCUMENT.find(article))
    at = TEXT.index(marked)
    return Quotation(citation, citation.quote(DOCUMENT), ((at, at + len(marked)),) if marked else ())


def answered(*quotations: Quotation, status: Status = Status.ANSWERED, confidence: float = 0.5) -> Answer:
    return Answer(status, QuestionType.GENERAL, "问", "问", "", "", quotations, confidence=confidence)


def asked(*gold: str, expect: Expect = Expect.ANSWERED, name: str = "q", **fields: object) -> GoldQuestion:
    question = GoldQuestion(name, "numeric", ("问",), tuple(map(ref, gold)), expect=expect)
    return replace(question, **fields)  # type: ignore[arg-type]


def result(question: GoldQuestion, answer: Answer, *ranking: str, seconds: float = 0.01) -> Result:
    return Result(question, (Turn("问", answer, seconds),), tuple(map(ref, ranking)))


def scored(question: GoldQuestion, answer: Answer, *ranking: str) -> Score:
    (score,) = score_results([result(question, answer, *ranking)], LIBRARY)
    return score


@pytest.mark.parametrize(
    ("gold", "need_all", "cited", "right"),
    [
        (["1.1"], False, ["1.1", "1.2"], True),
        (["1.1"], False, ["1.2", "1.1"], False),
        (["1.1", "1.2"], False, ["1.2"], True),
        (["1.1", "1.2"], True, ["1.2"], False),
        (["1.1", "1.2"], True, ["1.2", "1.1"], True),
        (["1.1"], False, ["1"], False),
        (["1"], False, ["1.1"], False),
        (["1.1"], False, [], False),
    ],
    ids=["first", "second", "any", "all, one missing", "all", "parent", "child", "nothing cited"],
)
def test_right_article_first(gold: list[str], need_all: bool, cited: list[str], right: bool) -> None:
    score = scored(asked(*gold, need_all=need_all), answered(*map(quoted, cited)), *cited)
    assert score.first_right is right
    assert score.passed is right


@pytest.mark.parametrize(
    ("gold", "need_all", "ranking", "within", "reciprocal", "ndcg"),
    [
        (["1.1"], False, ["1.1", "1.2"], True, 1.0, 1.0),
        (["1.1"], False, ["1.2", "1.1"], True, 1 / 2, 1 / log2(3)),
        (["1.1"], False, ["0", "1", "2", "3", "1.2", "1.1"], False, 1 / 6, 1 / log2(7)),
        (["1.1", "1.2"], False, ["1.2", "1"], True, 1.0, 1 / (1 + 1 / log2(3))),
        (["1.1", "1.2"], True, ["1.2", "1"], False, 1.0, 1 / (1 + 1 / log2(3))),
        (["1.1", "1.2"], True, ["1.2", "0", "1.1"], True, 1.0, (1 + 1 / log2(4)) / (1 + 1 / log2(3))),
        (["1.1"], False, ["1"], False, 0.0, 0.0),
        (["1.1"], False, [], False, 0.0, 0.0),
    ],
)
def test_rankings(
    gold: list[str], need_all: bool, ranking: list[str], within: bool, reciprocal: float, ndcg: float
) -> None:
    score = scored(asked(*gold, need_all=need_all), answered(), *ranking)
    assert score.within_five is within
    assert score.reciprocal_rank == pytest.approx(reciprocal)
    assert score.ndcg == pytest.approx(ndcg, abs=1e-4)


@pytest.mark.parametrize(
    ("expect", "status", "right", "refused"),
    [
        (Expect.ANSWERED, Status.ANSWERED, True, False),
        (Expect.ANSWERED, Status.UNSPECIFIED, False, True),
        (Expect.ANSWERED, Status.NOT_FOUND, False, True),
        (Expect.ANSWERED, Status.CLARIFY, False, False),
        (Expect.NOT_FOUND, Status.NOT_FOUND, True, True),
        (Expect.NOT_FOUND, Status.UNSPECIFIED, True, True),
        (Expect.NOT_FOUND, Status.ANSWERED, False, False),
        (Expect.NOT_FOUND, Status.CLARIFY, False, False),
        (Expect.CLARIFY_OR_ANSWERED, Status.CLARIFY, True, False),
        (Expect.CLARIFY_OR_ANSWERED, Status.ANSWERED, True, False),
        (Expect.CLARIFY_OR_ANSWERED, Status.NOT_FOUND, False, True),
    ],
)
def test_statuses(expect: Expect, status: Status, right: bool, refused: bool) -> None:
    score = scored(asked("1.1", expect=expect), answered(quoted("1.1"), status=status), "1.1")
    assert score.status_right is right
    assert score.refused is refused


@pytest.mark.parametrize(
    ("all_of", "any_of", "marked_words", "included", "marked"),
    [
        (("1名主执业点医师",), (), "主执业点医师", True, True),
        (("1名主执业点医师",), (), "至少", True, False),
        (("1名主执业点医师",), (), "", True, False),
        (("2名护士",), (), "至少", False, False),
        (("至少", "2名护士"), (), "至少", False, True),
        ((), ("2名护士", "至少"), "至少", True, True),
        ((), ("2名护士", "3名"), "至少", False, False),
        (("医务室",), ("2名护士",), "医务室", False, True),
    ],
    ids=[
        "over a line end",
        "marks elsewhere",
        "no mark",
        "absent",
        "one absent",
        "any",
        "none of any",
        "all and any",
    ],
)
def test_words_quoted_and_marked(
    all_of: tuple[str, ...], any_of: tuple[str, ...], marked_words: str, included: bool, marked: bool
) -> None:
    question = asked("1.1", must_include=all_of, must_include_any=any_of)
    score = scored(question, answered(quoted("1.1", marked_words)), "1.1")
    assert (score.included, score.marked) == (included, marked)


def test_a_question_without_deciding_words_is_not_scored_on_them() -> None:
    score = scored(asked("1.1"), answered(quoted("1.1")), "1.1")
    assert score.included is None
    assert score.marked is None
    assert score.passed


SOUND = quoted("1.1")
LONGER = replace(SOUND.citation, end=SOUND.citation.end - 1)


@pytest.mark.parametrize(
    ("quotation", "reason"),
    [
        (replace(SOUND, quote=SOUND.quote.replace("1", "2")), "引文与原文不一致"),
        (replace(SOUND, citation=LONGER), "引文与原文不一致"),
        (replace(SOUND, citation=replace(SOUND.citation, document_sha256="0" * 64)), "校验值不符"),
        (replace(SOUND, citation=replace(SOUND.citation, article_id="1.2")), "越界"),
        (replace(SOUND, citation=replace(SOUND.citation, article_id="1.9")), "没有条目 1.9"),
        (replace(SOUND, citation=replace(SOUND.citation, document_id="other")), "文件库中没有 other"),
        (replace(SOUND, citation=replace(SOUND.citation, end=SOUND.citation.start), quote=""), "越界"),
        (replace(SOUND, highlights=((0, 2),)), "超出引文范围"),
        (replace(SOUND, highlights=((AT[2] + 3, AT[2] + 3),)), "超出引文范围"),
    ],
)
def test_what_is_not_verbatim_is_found(quotation: Quotation, reason: str) -> None:
    assert reason in "；".join(quotation_faults(quotation, LIBRARY))
    score = scored(asked("1.1"), answered(quotation), "1.1")
    assert not score.passed
    assert summarise("x", [score]).verbatim == Rate(0, 1)


def test_what_is_verbatim_passes() -> None:
    assert quotation_faults(quoted("1.1", "医务室"), LIBRARY) == ()
    assert quotation_faults(quoted("1"), LIBRARY) == ()
    citation = cite(DOCUMENT, DOCUMENT.find("1.2"))
    assert related_faults(Related(citation, "护理站配置"), LIBRARY) == ()
    assert related_faults(Related(citation, "护理站配置……"), LIBRARY)


def test_a_citation_may_reach_into_children() -> None:
    whole = Citation("notice", "1", AT[1], len(TEXT) - 1, DOCUMENT.sha256)
    assert quotation_faults(Quotation(whole, TEXT[AT[1] : -1]), LIBRARY) == ()


def test_a_summary() -> None:
    results = [
        result(asked("1.1", name="a"), answered(quoted("1.1"), confidence=0.9), "1.1", seconds=0.010),
        result(asked("1.1", name="b"), answered(quoted("1.2"), confidence=0.4), "1.2", "1.1", seconds=0.020),
        result(asked("1.1", name="c"), answered(status=Status.NOT_FOUND, confidence=0.2), "1.2", seconds=0.030),
        result(asked(name="d", expect=Expect.NOT_FOUND), answered(status=Status.UNSPECIFIED, confidence=0.3)),
        result(asked(name="e", expect=Expect.NOT_FOUND), answered(quoted("0"), confidence=0.1)),
    ]
    total = evaluate(results, LIBRARY).total
    assert total.first_right == Rate(1, 3)
    assert total.within_five == Rate(2, 3)
    assert total.mrr == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert total.status_right == Rate(3, 5)
    assert total.refused == Rate(1, 2)
    assert total.false_refusals == Rate(1, 3)
    assert total.passed == Rate(2, 5)
    assert total.verbatim == Rate(3, 3)
    assert total.auc == pytest.approx(5 / 6)  # of the six pairs only (c, d) is the wrong way round
    assert (total.p50_ms, total.p95_ms) == (pytest.approx(10), pytest.approx(28))


def test_groups_follow_the_file_and_what_does_not_apply_is_none() -> None:
    results = [
        result(asked(name="u", type="unanswerable", expect=Expect.NOT_FOUND), answered(status=Status.NOT_FOUND)),
        result(asked("1.1", name="n"), answered(quoted("1.1")), "1.1"),
    ]
    first, second = evaluate(results, LIBRARY).by_type
    assert (first.name, second.name) == ("unanswerable", "numeric")
    assert (first.mrr, first.auc, first.first_right.value, first.first_right.interval) == (
        None,
        None,
        None,
        None,
    )
    assert second.first_right.value == 1.0


def test_wilsons_interval() -> None:
    low, high = Rate(8, 10).interval or (0, 0)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


def test_risk_grows_with_coverage() -> None:
    results = [
        result(asked("1.1", name="a"), answered(quoted("1.1"), confidence=0.9), "1.1"),
        result(asked(name="b", expect=Expect.NOT_FOUND), answered(quoted("1.1"), confidence=0.5)),
        result(asked("1.2", name="c"), answered(quoted("1.2"), confidence=0.7), "1.2"),
        result(asked(name="d", expect=Expect.CLARIFY_OR_ANSWERED), answered(confidence=1.0)),
        result(asked("1.2", name="e"), answered(quoted("1.1"), confidence=0.1), "1.1"),
    ]
    points = risk_coverage(score_results(results, LIBRARY))
    assert points == ((0.25, 0.0), (0.5, 0.0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5))


@dataclass(frozen=True)
class FakeHit:
    citation: Citation


class FakeAssistant:
    """Answers with 1.1, finds 1.2 and 1.1, keeps what it was asked."""

    library = LIBRARY

    def __init__(self) -> None:
        self.heard: list[tuple[str, tuple[Said, ...]]] = []

    def ask(self, question: str, *, history: tuple[Said, ...] = ()) -> Answer:
        self.heard.append((question, history))
        if question == "坏问题":
            raise RuntimeError("不应如此")
        return replace(answered(quoted("1.1"), quoted("1.1")), interpreted_question=f"「{question}」")

    def search(self, question: str, *, limit: int) -> Sequence[FakeHit]:
        return [FakeHit(cite(DOCUMENT, DOCUMENT.find(article))) for article in ("1.2", "1.1")][:limit]


def said(question: str) -> Said:
    return Said(question, ((DOCUMENT.document_id, "1.1"), (DOCUMENT.document_id, "1.1")))


def test_dialogues_hand_on_what_was_understood() -> None:
    assistant = FakeAssistant()
    (found,) = run([asked("1.1", turns=("甲", "乙", "丙"))], assistant)
    assert assistant.heard[1:] == [("甲", ()), ("乙", (said("「甲」"),)), ("丙", (said("「甲」"), said("「乙」")))]
    assert [turn.question for turn in found.turns] == ["甲", "乙", "丙"]
    assert found.answer is found.turns[-1].answer


def test_a_ranking_is_what_is_cited_and_then_what_is_found_each_once() -> None:
    (found,) = run([asked("1.1")], FakeAssistant())
    assert found.ranking == (ref("1.1"), ref("1.2"))


def test_a_fault_fails_its_question_and_no_other() -> None:
    broken, sound = run([asked("1.1", name="x", turns=("坏问题",)), asked("1.1", name="y")], FakeAssistant())
    assert broken.fault == "RuntimeError: 不应如此"
    assert broken.answer is None
    evaluation = evaluate([broken, sound], LIBRARY)
    assert [score.passed for score in evaluation.scores] == [False, True]
    assert evaluation.total.verbatim.hits < evaluation.total.verbatim.total
