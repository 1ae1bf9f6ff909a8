"""Passages point back to what they hold, at both grains, and none is longer than the encoder reads."""

from __future__ import annotations

import pytest

from corpus.library import Library
from index.passages import Grain, Passage, passages
from tests.fakes import HashingEncoder

ENCODER = HashingEncoder()


@pytest.fixture(scope="module", params=[512, 160])
def cut(request: pytest.FixtureRequest, library: Library) -> list[tuple[str, Passage]]:
    return [
        (document.text, passage)
        for document in library
        for passage in passages(document, ENCODER.count_tokens, request.param)
    ]


def test_every_numbered_provision_is_found_at_its_own_grain(cut: list[tuple[str, Passage]], library: Library) -> None:
    whole = {(passage.document_id, passage.article_id) for _, passage in cut if passage.grain is Grain.PROVISION}
    assert whole == {(document.document_id, node.article_id) for document in library for node in document.walk()}


def test_a_passage_lies_in_its_provision_and_its_words_are_indexed(
    cut: list[tuple[str, Passage]], library: Library
) -> None:
    for text, passage in cut:
        provision = library.get(passage.document_id).find(passage.article_id)
        assert provision.start <= passage.start < passage.end <= provision.end
        assert text[passage.start : passage.end].strip() in passage.indexed


def test_pieces_of_a_long_provision_leave_nothing_out(library: Library) -> None:
    document = library.get("changning-2025-2")
    provision = document.find("2.1.4")
    pieces = [
        passage
        for passage in passages(document, ENCODER.count_tokens, 260)
        if passage.article_id == "2.1.4" and passage.grain is Grain.PROVISION
    ]
    assert len(pieces) > 2
    covered = set().union(*(range(piece.start, piece.end) for piece in pieces))
    assert covered == set(range(provision.start, provision.end))


def test_no_piece_is_longer_than_the_encoder_reads(library: Library) -> None:
    for document in library:
        for passage in passages(document, ENCODER.count_tokens, 300):
            if passage.grain is Grain.PROVISION:
                assert ENCODER.count_tokens(passage.indexed) <= 300


def test_context_names_the_document_and_the_headings_above(library: Library) -> None:
    document = library.get("changning-2025-2")
    first = next(passage for passage in passages(document, len, 512) if passage.article_id == "2.1.2")
    assert document.metadata.title in first.indexed
    assert "多渠道推进养老机构医养结合发展" in first.indexed


def test_as_dict_and_back(cut: list[tuple[str, Passage]]) -> None:
    passage = cut[0][1]
    assert Passage.from_dict(passage.as_dict()) == passage
