"""The versions that were added of a document, as its page lists them, and the addresses of their files."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.originals import Originals
from corpus.provisions import PolicyDocument
from corpus.versions import Holding
from web import beijing, links
from web.pages.facts import day


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of a document: its number, the day it was added, the file it came in.

    shown         whether it has the text that the page shows
    text_url      its text, None where it can no longer be read
    original_url  its file, None where that is no longer there
    """

    number: int
    added: str
    source_name: str
    shown: bool
    text_url: str | None
    original_url: str | None


def editions_of(document: PolicyDocument, originals: Originals) -> tuple[Edition, ...]:
    """The versions of a document, newest first; none where there are not several."""
    versions = originals.versions(document.document_id)
    return tuple(_edition(each, document, originals) for each in reversed(versions)) if len(versions) > 1 else ()


def _edition(holding: Holding, document: PolicyDocument, originals: Originals) -> Edition:
    text = originals.text(holding)
    url = links.version_url(holding.document_id, holding.version)
    return Edition(
        number=holding.number,
        added=day(beijing.day_of(holding.added_at)),
        source_name=holding.source_name,
        shown=text == document.text,
        text_url=url if text is not None else None,
        original_url=f"{url}/original" if originals.of_version(holding) else None,
    )
