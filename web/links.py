"""Addresses of pages, relative to the site. A citation's address opens its document at the words cited."""

from __future__ import annotations

from urllib.parse import quote

from corpus.citations import Citation
from corpus.relations.resolution import Target


def document_url(document_id: str) -> str:
    """The page of a document."""
    return f"/documents/{quote(document_id)}"


def provision_url(document_id: str, article_id: str) -> str:
    """The page of a document, opened at an article."""
    return f"{document_url(document_id)}#{quote(article_id, safe=':')}"


def original_url(document_id: str) -> str:
    """The file that a document was read from."""
    return f"{document_url(document_id)}/original"


def version_url(document_id: str, version: str) -> str:
    """The text of a version of a document; with /original behind it, its file."""
    return f"{document_url(document_id)}/versions/{quote(version, safe='')}"


def map_url(document_id: str) -> str:
    """The map of citations around a document."""
    return f"/library/map?around={quote(document_id)}"


def article_url(article_id: str) -> str:
    """An article of the document on the same page."""
    return f"#{quote(article_id, safe=':')}"


def target_url(target: Target) -> str:
    """The page of the document that a reference leads to, opened at the article where one is meant."""
    if target.article_id is None:
        return document_url(target.document_id)
    return provision_url(target.document_id, target.article_id)


def words_url(document_id: str, article_id: str, start: int, end: int) -> str:
    """The document page marks start:end and opens at the article, without any script."""
    return f"{document_url(document_id)}?start={start}&end={end}#{quote(article_id, safe=':')}"


def citation_url(citation: Citation) -> str:
    """The page of the document cited, opened at the words."""
    return words_url(citation.document_id, citation.article_id, citation.start, citation.end)
