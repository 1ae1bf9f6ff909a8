"""Whole answers by the real assistant: real documents, real encoder, real index."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import Answer, Filters, QuestionType, Status, Turn
from assistant.pipeline import Assistant
from assistant.questions import MAX_QUESTION
from assistant.verification import VerificationError, verify
from corpus.citations import check
from corpus.relations.validity import Change, Standing

DOCTORS = "养老机构内设医务室至少配几名医生？"


def cited(answer: Answer) -> list[tuple[str, str]]:
    return [(quotation.citation.document_id, quotation.citation.article_id) for quotation in answer.citations]


def marked(answer: Answer, assistant: Assistant) -> list[str]:
    return [
        assistant.library.get(quotation.citation.document_id).text[start:end]
        for quotation in answer.citations
        for start, end in quotation.highlights
    ]


def test_the_first_question(assistant: Assistant) -> None:
    answer = assistant.ask(DOCTORS)
    assert (answer.status, answer.question_type) == (Status.ANSWERED, QuestionType.QUANTITY)
    assert cited(answer)[0] == ("changning-2025-2", "2.1.2")
    assert "至少配置1名主执业点医师和1名注册护士。" in answer.citations[0].quote
    assert marked(answer, assistant) == ["1名主执业点医师"]
    assert answer.finding.startswith("上海市长宁区规定")
    for words in ("关于进一步深化长宁区养老服务医养结合发展的实施方案", "长民〔2025〕2号", "二、（一）2."):
        assert words in answer.text


@pytest.mark.parametrize(
    ("turns", "status", "article", "words"),
    [
        ([DOCTORS, "那护士呢？"], Status.ANSWERED, ("changning-2025-2", "2.1.2"), "1名注册护士"),
        (["大兴消防演练多久一次？"], Status.ANSWERED, ("daxing-2026-22", "6.20"), "每半年至少开展1次"),
        (["压疮发生率要控制在多少"], Status.ANSWERED, ("daxing-2026-22", "2.8"), "控制在5%以内"),
        (["没许可证能不能用医养结合的名称"], Status.ANSWERED, ("national-2024-40", "1.3"), "不得使用“医养结合”"),
        (["大兴：到哪年完成管理人员培训全覆盖？"], Status.ANSWERED, ("daxing-2026-22", "5.17"), "到2027年底"),
        (["大兴医养结合机构名单由谁公布？"], Status.ANSWERED, ("daxing-2026-22", "4.13"), "区卫生健康委"),
        (["长宁方案第14条"], Status.ANSWERED, ("changning-2025-2", "2.4.14"), "优化支持保障"),
        (["40号文第十一条"], Status.ANSWERED, ("national-2024-40", "4.11"), "确保医疗服务安全"),
        (["长宁方案的文号是多少"], Status.ANSWERED, ("changning-2025-2", "0"), "长民〔2025〕2号"),
        (["大兴的文件是谁发的"], Status.ANSWERED, ("daxing-2026-22", "0"), "北京市大兴区医疗保障局"),
        (["国卫老龄发〔2025〕8号是哪天发的"], Status.UNSPECIFIED, ("national-2025-8", "0"), None),
        (["大兴经济困难失能老人集中照护补助多少钱"], Status.UNSPECIFIED, ("daxing-2026-22", "2.6"), None),
    ],
)
def test_answers(
    turns: list[str], status: Status, article: tuple[str, str], words: str | None, assistant: Assistant
) -> None:
    history: tuple[Turn, ...] = ()
    for turn in turns:
        answer = assistant.ask(turn, history=history)
        history = (*history, Turn.of(answer))
    assert (answer.status, cited(answer)[0]) == (status, article)
    if words is not None:
        assert any(words in each for each in marked(answer, assistant))


@pytest.mark.parametrize(
    "question",
    [
        "长宁方案第99条",
        "长宁方案第十十条",
        "每床不少于1.5平方米吗",
        "明天大兴会下雨吗",
        "公积金怎么提出来？",
        "帮我写首诗",
        "朝阳区的养老院医务室要配几个医生？",
        "？？？",
        "asdf qwer",
        "0",
    ],
)
def test_not_answered(question: str, assistant: Assistant) -> None:
    answer = assistant.ask(question)
    assert answer.status in {Status.NOT_FOUND, Status.CLARIFY}
    assert not answer.citations


def test_no_such_article_says_so(assistant: Assistant) -> None:
    assert "没有第99条" in assistant.ask("长宁方案第99条").finding


def test_an_uncovered_place_is_named(assistant: Assistant) -> None:
    assert "库中没有朝阳区的文件" in assistant.ask("朝阳区的养老院医务室要配几个医生？").finding


def test_options_can_be_asked(assistant: Assistant) -> None:
    answer = assistant.ask("第14条")
    assert answer.status is Status.CLARIFY
    assert answer.clarification is not None
    assert len(answer.clarification.options) > 1
    for option in answer.clarification.options:
        assert assistant.ask(option).status is Status.ANSWERED


def test_comparison_has_a_block_a_side(assistant: Assistant) -> None:
    answer = assistant.ask("大兴和长宁，养老机构内设医疗机构纳入医保定点有什么不同？")
    assert answer.question_type is QuestionType.COMPARISON
    assert {document_id for document_id, _ in cited(answer)} == {"daxing-2026-22", "changning-2025-2"}


def test_a_silent_side_and_an_uncovered_one_are_named(assistant: Assistant) -> None:
    silent = assistant.ask("大兴和长宁消防演练多久一次")
    assert [document_id for document_id, _ in cited(silent)] == ["daxing-2026-22"]
    assert "长宁方案中没有找到写这件事的条文" in silent.finding
    uncovered = assistant.ask("大兴和朝阳区的家庭医生签约有什么不同？")
    assert "库中没有朝阳区的文件" in uncovered.finding


def test_outline_links_every_part(assistant: Assistant) -> None:
    answer = assistant.ask("大兴的措施主要讲了什么")
    assert cited(answer) == [("daxing-2026-22", str(number)) for number in range(1, 8)]


@pytest.mark.parametrize("turn", ["您好", "谢谢你啊", "好的好的", "嗯"])
def test_courtesies(turn: str, assistant: Assistant) -> None:
    answer = assistant.ask(turn, history=(Turn(DOCTORS),))
    assert answer.status is Status.CLARIFY
    assert "规定" not in answer.finding
    for option in answer.clarification.options if answer.clarification else ():
        assert assistant.ask(option).status is not Status.NOT_FOUND


TOPICS = [
    "消防演练多久一次",
    "上门看病收上门费吗",
    "八段锦",
    "压疮控制在多少",
    "长宁方案第14条",
    "谁负责土地供应",
    "太极拳",
]


def test_a_question_of_its_own_is_answered_by_the_same_articles_whatever_was_asked_before(
    assistant: Assistant,
) -> None:
    """What was cited before may go first among them, as the place just spoken of."""
    for question in TOPICS:
        alone = assistant.ask(question)
        for before in TOPICS:
            after = assistant.ask(question, history=(Turn.of(assistant.ask(before)),))
            assert after.status == alone.status, (before, question)
            assert set(cited(after)) <= set(cited(alone)), (before, question)


@pytest.mark.parametrize(
    "piece",
    [
        "的呢",
        "嗯",
        "好的",
        "那",
        "我们是",
        "第一",
        "第一条",
        "（一）",
        "1.",
        "2.1.",
        "《",
        "某市某区",
        "多少",
        "谁",
        "几个",
        "、",
        "长宁",
        "一百",
        "，",
    ],
)
def test_no_question_takes_long(piece: str, assistant: Assistant) -> None:
    question = (piece * MAX_QUESTION)[: MAX_QUESTION - 1] + "x"
    began = perf_counter()
    assistant.ask(question, history=(Turn(DOCTORS),))
    assert perf_counter() - began < 3


def test_filters(assistant: Assistant) -> None:
    question = "消防演练多久一次"
    assert cited(assistant.ask(question))[0][0] == "daxing-2026-22"
    other = assistant.ask(question, filters=Filters(region="上海市长宁区"))
    assert other.status is not Status.ANSWERED
    only = Filters(document_ids=("changning-2025-2",))
    assert {hit.citation.document_id for hit in assistant.search("养老机构", filters=only)} == {"changning-2025-2"}
    before = Filters(as_of=date(2025, 6, 1))
    assert all(document_id != "daxing-2026-22" for document_id, _ in cited(assistant.ask(question, filters=before)))
    assert assistant.ask("长宁方案第14条", filters=Filters(document_ids=())).status is not Status.ANSWERED


def test_same_question_same_answer_from_many_threads(assistant: Assistant) -> None:
    questions = [DOCTORS, "消防演练多久一次", "骗保归谁管", "长宁方案第7条"] * 6
    alone = [assistant.ask(question) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(assistant.ask, questions))
    assert together == alone


@settings(max_examples=150, deadline=None)
@given(question=st.text(max_size=60), history=st.lists(st.text(max_size=30), max_size=2))
def test_any_text_gets_a_verified_outcome(question: str, history: list[str], assistant: Assistant) -> None:
    answer = assistant.ask(question, history=tuple(map(Turn, history)))
    assert answer.finding
    for quotation in answer.citations:
        check(quotation.citation, assistant.library.get(quotation.citation.document_id))


WORDS = [
    "养老院",
    "医务室",
    "几个",
    "大夫",
    "大兴",
    "长宁",
    "第",
    "14",
    "条",
    "？",
    "，",
    "骗保",
    "多少钱",
    "能不能",
    "《",
    "》",
    "2.1",
    "号文",
    "40",
]


@settings(max_examples=150, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
def test_any_jumble_of_policy_words_gets_a_verified_outcome(words: list[str], assistant: Assistant) -> None:
    answer = assistant.ask("".join(words))
    assert (answer.status in {Status.ANSWERED, Status.UNSPECIFIED}) == bool(answer.citations)


@pytest.mark.parametrize(
    "tampered",
    [
        lambda answer: replace(answer, citations=(replace(answer.citations[0], quote="至少配置2名医师"),)),
        lambda answer: replace(answer, citations=(replace(answer.citations[0], highlights=((0, 5),)),)),
        lambda answer: replace(answer, citations=()),
        lambda answer: replace(answer, finding="上海市长宁区规定：「至少配置2名医师」。"),
        lambda answer: replace(answer, status=Status.NOT_FOUND),
        lambda answer: replace(
            answer,
            citations=(
                replace(
                    answer.citations[0],
                    citation=replace(answer.citations[0].citation, document_sha256="0" * 64),
                ),
            ),
        ),
    ],
)
def test_nothing_unverified_leaves(tampered: object, assistant: Assistant) -> None:
    answer = assistant.ask(DOCTORS)
    assert verify(answer, assistant.library) is answer
    with pytest.raises(VerificationError):
        verify(tampered(answer), assistant.library)  # type: ignore[operator]


@pytest.mark.parametrize("question", ["哪些条款讲到安宁疗护", "帮我把讲安宁疗护的条款都找出来"])
def test_every_listed_provision_speaks_of_it(question: str, assistant: Assistant) -> None:
    answer = assistant.ask(question)
    assert len(cited(answer)) >= 5
    for document_id, article_id in cited(answer):
        document = assistant.library.get(document_id)
        assert "安宁疗护" in document.own_text(document.find(article_id))


def test_a_question_to_an_article_is_answered_from_it(assistant: Assistant) -> None:
    answer = assistant.ask("大兴措施第（二十）条谁负责")
    assert (answer.status, cited(answer)) == (Status.ANSWERED, [("daxing-2026-22", "6.20")])
    assert "区民政局、区卫生健康委" in "".join(marked(answer, assistant))


def test_two_subjects_of_one_document_are_set_side_by_side(assistant: Assistant) -> None:
    answer = assistant.ask("示范县跟示范机构，评的周期和名额一样不？")
    assert {("national-2025-8", "2.1"), ("national-2025-8", "2.2")} <= set(cited(answer))


def test_no_force_is_told_of_a_sentence_that_binds_in_two_ways(assistant: Assistant) -> None:
    answer = assistant.ask("我们院在长宁，130张床，必须自己开医务室吗")
    assert cited(answer)[0] == ("changning-2025-2", "2.1.1")
    assert "原文用" not in answer.finding


def test_what_is_repealed_is_told_so_only_when_asked_for_by_name(assistant: Assistant) -> None:
    title = assistant.library.get("changning-2025-2").metadata.title
    before = replace(assistant, clock=lambda: date(2024, 1, 1))
    assert all(document_id != "changning-2025-2" for document_id, _ in cited(before.ask(DOCTORS)))
    named = before.ask(f"《{title}》第14条")
    assert cited(named) == [("changning-2025-2", "2.4.14")]
    assert "尚未施行" in named.finding
    assert before.index_version != assistant.index_version


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("养老机构医务室基本标准里要求买哪些设备？", "《养老机构医务室基本标准（试行）》"),
        ("《医养结合机构服务指南（试行）》第五条写的啥", "《医养结合机构服务指南（试行）》"),
    ],
)
def test_a_text_that_is_only_named_is_said_not_to_be_at_hand(question: str, title: str, assistant: Assistant) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.missing_texts) == (Status.NOT_FOUND, (title,))
    assert title in answer.finding
    assert not answer.citations


def test_what_is_done_according_to_such_a_text_is_answered(assistant: Assistant) -> None:
    answer = assistant.ask("按照养老机构医务室基本标准，要配几个医生")
    assert cited(answer)[0] == ("changning-2025-2", "2.1.2")


def test_an_article_put_out_of_force_by_itself_is_no_answer(assistant: Assistant) -> None:
    kept = assistant.library.validity["daxing-2026-22"]
    ended = replace(kept, repealed={"6.20": Change(date(2026, 6, 1), Standing.REPEALED)})
    library = replace(assistant.library)
    vars(library)["validity"] = {**assistant.library.validity, "daxing-2026-22": ended}
    after = replace(assistant, library=library, clock=lambda: date(2026, 7, 1))
    assert ("daxing-2026-22", "6.20") not in cited(after.ask("消防演练多久一次"))
    before = replace(assistant, library=library, clock=lambda: date(2026, 5, 1))
    assert ("daxing-2026-22", "6.20") in cited(before.ask("消防演练多久一次"))


def test_no_force_is_told_of_a_noun(assistant: Assistant) -> None:
    answer = assistant.ask("长宁老人看病能用网上开药不")
    assert "等方面支持" in answer.finding
    assert "原文用" not in answer.finding
