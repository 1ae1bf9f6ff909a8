"""Sentences: ranges of canonical text, whole and without blank space around them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.library import load_library
from corpus.sentences import Span, sentences, sentences_over

# The sentences that a text is made of, divided by |.
TEXTS = [
    ("原则上备案。|鼓励达到医务室级别。", "full stops"),
    ("支持有条件的医疗机构举办养老机构。|（区卫生健康委、区民政局）", "bodies in charge behind"),
    ("依法查处；加大力度查处伪造医疗文书；通报主管部门。", "semicolons do not divide"),
    ("各省、自治区、直辖市：|现提出以下意见：", "line feeds do"),
    ("同时达到“老有所养、老有所医。”|减少负担。", "closing quotation mark"),
    ("（本条所称养老机构，是指备案的机构。）|其他机构参照执行。", "closing bracket"),
    ("是否备案？|应当！！|备案……后执行。", "other signs"),
    ("步行2.5公里以内，《基本标准（试行）》1.2版适用。", "points in numbers"),
    ("没有句号", "no full stop"),
]


@pytest.mark.parametrize(("marked", "case"), TEXTS, ids=[case for _, case in TEXTS])
@pytest.mark.parametrize("between", ["", "\n", " ", "\n\u3000\u3000"])
def test_sentences(marked: str, case: str, between: str) -> None:
    parts = marked.split("|")
    if "：|" in marked and "\n" not in between:
        parts = ["".join(f"{between}{part}" for part in parts).strip()]
    text = between.join(parts)
    assert [text[start:end] for start, end in sentences(text, 0, len(text))] == parts


def test_blank_lines_and_space_are_no_sentences() -> None:
    assert sentences(" \n\u3000\n", 0, 4) == ()


def test_only_the_range_asked_for_is_read() -> None:
    text = "原则上备案。鼓励达到医务室级别。\n支持举办。"
    assert [text[start:end] for start, end in sentences(text, 3, 10)] == ["备案。", "鼓励达到"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("1名主执业点医师",),
            (
                "2. 对养老机构内设医务室、卫生所（室）的，应按照《养老机构医务室基本标准（试行）》"
                "至少配置1名主执业点医师和1名注册护士。"
            ),
        ),
        (
            ("可以开设", "核准依据"),
            (
                "可以开设全科、内科、外科、康复科、中医科、预防保健科、医学影像科、医学检验科等诊疗科目，"
                "可将多点执业医师作为相关诊疗科目的核准依据。"
            ),
        ),
    ],
)
def test_the_whole_sentences_that_take_in_the_words(words: tuple[str, ...], expected: str) -> None:
    document = load_library().get("changning-2025-2")
    article = document.find("2.1.2")
    places = [document.text.index(word, article.start) for word in words]
    spans: tuple[Span, ...] = tuple((at, at + len(word)) for at, word in zip(places, words, strict=True))
    start, end = sentences_over(document.text, article.start, article.end, spans)
    assert document.text[start:end] == expected


def test_words_on_both_sides_of_a_full_stop_take_both_sentences() -> None:
    text = "甲应备案。乙可备案。丙不得备案。"
    assert sentences_over(text, 0, len(text), iter([(1, 2), (6, 7)])) == (0, 10)
    assert sentences_over(text, 0, len(text), ((4, 6),)) == (0, 10)
    assert sentences_over(text, 0, len(text), ((5, 10),)) == (5, 10)


@given(st.text(st.sampled_from("甲乙1。！？!?；，.…”」）)》 \n\u3000")))
@example("。。甲")
def test_sentences_are_in_order_and_leave_out_no_word(text: str) -> None:
    spans = sentences(text, 0, len(text))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    gaps = pairwise([0, *(place for span in spans for place in span), len(text)])
    outside = [text[start:end] for start, end in list(gaps)[::2]]
    assert not set("".join(outside)) & set("甲乙1，；")
