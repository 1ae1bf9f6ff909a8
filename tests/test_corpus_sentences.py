"""Sentences: ranges of canonical text, whole and without blank space around them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.structure.sentences import sentences

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


@given(st.text(st.sampled_from("甲乙1。！？!?；，.…”」）)》 \n\u3000")))
@example("。。甲")
def test_sentences_are_in_order_and_leave_out_no_word(text: str) -> None:
    spans = sentences(text, 0, len(text))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    gaps = pairwise([0, *(place for span in spans for place in span), len(text)])
    outside = [text[start:end] for start, end in list(gaps)[::2]]
    assert not set("".join(outside)) & set("甲乙1，；")
