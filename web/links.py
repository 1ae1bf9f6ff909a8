"""Addresses of pages, relative to the site. A citation's address opens its document at the words cited."""

from __future__ import annotations

from urllib.parse import quote

from corpus.citations import Citation


def document_url(document_id: str) -> str:
    """The page of a document."""
    return f"/documents/{quote(document_id)}"


def provision_url(document_id: str, article_id: str) -> str:
    """The page of a document, opened at an article."""
    return f"{document_url(document_id)}#{quote(article_id, safe=':')}"


def citation_url(citation: Citation) -> str:
    """The document page marks start:end and opens at the article, without any script."""
    article = quote(citation.article_id, safe=":")
    return f"{document_url(citation.document_id)}?start={citation.start}&end={citation.end}#{article}"
