"""Anticipated questions: those that ship are whole and sound; a broken file is named by line."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from corpus.anticipated import AnticipatedError, read_anticipated
from corpus.library import Library


def test_every_article_has_some(library: Library) -> None:
    for document in library:
        counts = Counter(each.article_id for each in library.anticipated[document.document_id])
        assert {node.article_id for node in document.walk() if counts[node.article_id] < 3} == set()


def test_none_copies_its_article(library: Library) -> None:
    for document in library:
        for each in library.anticipated[document.document_id]:
            if not each.stated:
                continue  # it has to name what it asks about, however long the name
            text = document.whole_text(document.find(each.article_id))
            asked = re.sub("《[^》]*》", "", each.question)  # a title is a name
            pieces = {asked[at : at + 14] for at in range(len(asked) - 13)}
            assert not any(piece in text for piece in pieces), each


def test_a_document_without_a_file_has_none(library: Library, tmp_path: Path) -> None:
    assert read_anticipated(library.get("daxing-2026-22"), tmp_path) == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "第 2 行应有"),
        ('"几名"', "第 2 行应有"),
        ('{"article_id": "1"}', "第 2 行应有"),
        ('{"article_id": 1, "question": "几名？"}', "没有条目 1"),
        ('{"article_id": "99.9", "question": "几名？"}', "没有条目 99.9"),
        ('{"article_id": "1.1", "question": ""}', "应在 2 到 80 字之间"),
        ('{"article_id": "1.1", "question": "医生几名？"}', "问题重复"),
    ],
)
def test_broken_lines(line: str, message: str, library: Library, tmp_path: Path) -> None:
    path = tmp_path / "daxing-2026-22.jsonl"
    path.write_text('{"article_id": "1.1", "question": "医生几名？"}\n' + line + "\n\n", "utf-8")
    with pytest.raises(AnticipatedError, match=message):
        read_anticipated(library.get("daxing-2026-22"), tmp_path)


def test_not_utf8(library: Library, tmp_path: Path) -> None:
    (tmp_path / "daxing-2026-22.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(AnticipatedError, match="读不出来"):
        read_anticipated(library.get("daxing-2026-22"), tmp_path)
