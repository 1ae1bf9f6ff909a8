"""A citation holds for one text and one article, or it is refused."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.citations import Citation, CitationError, check, cite
from corpus.library import load_library
from corpus.provisions import Metadata, PolicyDocument
from corpus.structure.parser import parse

LIBRARY = load_library()
CHANGNING = LIBRARY.get("changning-2025-2")
LENGTH = len(CHANGNING.text)
ARTICLE = CHANGNING.find("2.1.2")
QUOTE = "至少配置1名主执业点医师和1名注册护士。"
START = CHANGNING.text.index(QUOTE)
CITATION = cite(CHANGNING, ARTICLE, START, START + len(QUOTE))


def test_a_citation_quotes_the_words_and_prints_itself() -> None:
    assert CITATION.quote(CHANGNING) == QUOTE
    assert CITATION.document_sha256 == sha256(CHANGNING.text.encode()).hexdigest()
    assert str(CITATION) == f"changning-2025-2#2.1.2@{START}-{START + 20}/{CITATION.document_sha256}"
    assert Citation.parse(str(CITATION)) == CITATION


@pytest.mark.parametrize("document", LIBRARY, ids=lambda document: str(document.document_id))
def test_every_article_can_be_cited(document: PolicyDocument) -> None:
    for provision in document.walk():
        citation = cite(document, provision)
        assert Citation.parse(str(citation)).quote(document) == document.own_text(provision).strip()


def test_an_article_is_cited_with_its_children_where_asked() -> None:
    section = CHANGNING.find("2.1")
    quote = cite(CHANGNING, section, section.start, section.subtree_end).quote(CHANGNING)
    assert quote == CHANGNING.whole_text(section).strip()
    assert QUOTE in quote
    assert QUOTE not in cite(CHANGNING, section).quote(CHANGNING)


def test_blank_space_around_the_words_is_not_quoted() -> None:
    provision = CHANGNING.find("1")
    line_feed = CHANGNING.text.index("\n", provision.start)
    assert cite(CHANGNING, provision, line_feed).start == line_feed + 1
    assert cite(CHANGNING, provision, provision.start, line_feed + 1).quote(CHANGNING) == "一、总体目标"


TAMPERED = [
    pytest.param({"document_id": "daxing-2026-22"}, "不属于", id="other document"),
    pytest.param({"document_sha256": "0" * 64}, "版本不同", id="other text"),
    pytest.param({"document_sha256": CITATION.document_sha256.upper()}, "版本不同", id="hash in capitals"),
    pytest.param({"article_id": "2.1.9"}, "没有条目", id="no such article"),
    pytest.param({"article_id": ""}, "没有条目", id="no article"),
    pytest.param({"article_id": "2.1.1"}, "超出条目", id="article before"),
    pytest.param({"article_id": "2.1.3"}, "超出条目", id="article behind"),
    pytest.param({"start": ARTICLE.start - 1}, "超出条目", id="one sign before the article"),
    pytest.param({"end": ARTICLE.subtree_end + 1}, "超出条目", id="one sign behind the article"),
    pytest.param({"start": -1}, "超出条目", id="negative"),
    pytest.param({"start": START - LENGTH, "end": START - LENGTH + 20}, "超出条目", id="from the end"),
    pytest.param({"end": START}, "超出条目", id="empty"),
    pytest.param({"start": START + 20, "end": START}, "超出条目", id="reversed"),
    pytest.param({"start": ARTICLE.end - 1, "end": ARTICLE.end}, "没有文字", id="blank"),
    pytest.param({"end": LENGTH + 1}, "超出条目", id="behind the text"),
]


@pytest.mark.parametrize(("changed", "complaint"), TAMPERED)
def test_tampering_is_refused(changed: dict[str, str | int], complaint: str) -> None:
    tampered: Citation = replace(CITATION, **changed)  # type: ignore[arg-type]  # str and int fields alike
    for refuse in (check, Citation.quote):
        with pytest.raises(CitationError, match=complaint):
            refuse(tampered, CHANGNING)


def test_the_whole_article_is_the_widest_that_holds() -> None:
    widest = replace(CITATION, start=ARTICLE.start, end=ARTICLE.subtree_end)
    check(widest, CHANGNING)


def test_one_sign_changed_in_the_text_is_another_text() -> None:
    text = CHANGNING.text.replace("至少配置1名", "至少配置2名")
    assert len(text) == len(CHANGNING.text)
    forged = PolicyDocument("changning-2025-2", CHANGNING.metadata, text, parse(text))
    with pytest.raises(CitationError, match="版本不同"):
        CITATION.quote(forged)


def test_other_metadata_is_the_same_text() -> None:
    renamed = replace(CHANGNING, metadata=Metadata("另一个标题"))
    assert CITATION.quote(renamed) == QUOTE


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (ARTICLE.start - 2, None),
        (None, ARTICLE.end + 1),
        (START, START),
        (START + 20, START),
        (ARTICLE.end - 1, ARTICLE.end),
        (-5, 10),
        (None, LENGTH + 100),
    ],
)
def test_what_leaves_the_article_or_says_nothing_cannot_be_cited(start: int | None, end: int | None) -> None:
    with pytest.raises(CitationError):
        cite(CHANGNING, ARTICLE, start, end)


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "changning-2025-2",
        f"changning-2025-2#2.1.2@1-2/{'0' * 63}",
        f"changning-2025-2#2.1.2@1-2/{'0' * 65}",
        f"changning-2025-2#2.1.2@1-2/{'A' * 64}",
        f"changning-2025-2#2.1.2@1-/{'0' * 64}",
        f"changning-2025-2#2.1.2@-1-2/{'0' * 64}",
        f"changning-2025-2#2.1.2@１-2/{'0' * 64}",
        f"changning-2025-2#2.1.2@{'1' * 5000}-2/{'0' * 64}",
        f"changning-2025-2@1-2/{'0' * 64}",
        f" changning-2025-2#2.1.2@1-2/{'0' * 64}",
        f"changning-2025-2#2.1.2@1-2/{'0' * 64}\n",
    ],
)
def test_what_is_not_a_printed_citation_is_refused(printed: str) -> None:
    with pytest.raises(CitationError, match="不是引文编号"):
        Citation.parse(printed)


@settings(max_examples=200)
@given(st.data())
def test_a_range_can_be_cited_exactly_where_it_lies_in_the_article_and_holds_words(
    data: st.DataObject,
) -> None:
    document = data.draw(st.sampled_from(list(LIBRARY)))
    provision = data.draw(st.sampled_from(document.provisions))
    places = st.integers(provision.start - 3, provision.subtree_end + 3)
    start, end = data.draw(places), data.draw(places)
    citation = Citation(document.document_id, provision.article_id, start, end, document.sha256)
    inside = provision.start <= start < end <= provision.subtree_end
    if inside and document.text[start:end].strip():
        assert Citation.parse(str(citation)).quote(document) == document.text[start:end]
        assert cite(document, provision, start, end).quote(document) == document.text[start:end].strip()
    else:
        with pytest.raises(CitationError):
            check(citation, document)


@given(st.text())
def test_any_string_is_a_citation_or_refused(printed: str) -> None:
    with pytest.raises(CitationError):
        Citation.parse(printed)
