"""What changed between two versions, article by article and word by word."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.library import library_of
from corpus.provisions import PolicyDocument
from corpus.receiving import receive
from tests.papers import NOTICE, PLAN, PLAN_REVISED, REVISED, written
from web.admin.work.differences import Change, Difference, How, differences

INSERTED = NOTICE.replace("（二）签约", "（二）协议应当每年续签。\n（三）签约")
WITHOUT = NOTICE.replace("（一）县域内养老机构应当与就近的医疗卫生机构签订协议。\n", "").replace("（二）", "（一）")

# before, after, what changed: how and where
CHANGED: list[tuple[str, str, str, list[tuple[Change, str]]]] = [
    ("nothing", NOTICE, NOTICE, []),
    ("white space only", NOTICE, NOTICE.replace("\n", "\n\n"), []),
    ("a number", NOTICE, REVISED, [(Change.CHANGED, "一、（二）")]),
    ("one added: those behind it are numbered anew and not changed", NOTICE, INSERTED, [(Change.ADDED, "一、（二）")]),
    ("one removed", NOTICE, WITHOUT, [(Change.REMOVED, "一、（一）")]),
    ("another number", PLAN, PLAN_REVISED, [(Change.CHANGED, "二、（二）")]),
]


def document(folder: Path, text: str) -> PolicyDocument:
    return receive(written(folder, "文件.txt", text), library_of(())).document


@pytest.mark.parametrize(("before", "after", "changed"), [row[1:] for row in CHANGED], ids=[row[0] for row in CHANGED])
def test_articles(tmp_path: Path, before: str, after: str, changed: list[tuple[Change, str]]) -> None:
    found = differences(document(tmp_path / "a", before), document(tmp_path / "b", after))
    assert [(each.change, each.label) for each in found] == changed


def test_words(tmp_path: Path) -> None:
    [found] = differences(document(tmp_path / "a", NOTICE), document(tmp_path / "b", REVISED))
    assert [(each.how, each.text) for each in found.pieces if each.how is not How.SAME] == [
        (How.GONE, "2"),
        (How.NEW, "4"),
    ]


@given(st.text(max_size=80), st.text(max_size=80))
def test_the_pieces_make_up_both_texts(before: str, after: str) -> None:
    pieces = Difference(Change.CHANGED, "一", "", before, after).pieces
    if all(each.how is not How.FOLDED for each in pieces):
        assert "".join(each.text for each in pieces if each.how is not How.NEW) == before
        assert "".join(each.text for each in pieces if each.how is not How.GONE) == after


@given(st.text(alphabet="甲乙", max_size=300), st.text(alphabet="甲乙", max_size=300))
def test_what_is_the_same_is_folded_and_what_is_not_is_shown(before: str, after: str) -> None:
    pieces = Difference(Change.CHANGED, "一", "", before, after).pieces
    gone = sum(len(each.text) for each in pieces if each.how is How.GONE)
    new = sum(len(each.text) for each in pieces if each.how is How.NEW)
    assert len(before) - gone == len(after) - new >= 0


def test_long_texts_take_no_longer_than_they_may() -> None:
    before, after = "甲乙丙丁" * 50_000, "丁丙乙甲" * 50_000
    pieces = Difference(Change.CHANGED, "一", "", before, after).pieces
    assert [each.how for each in pieces] == [How.GONE, How.NEW]
    assert all(len(each.text) < 1000 for each in pieces)
