"""Where quoted words come from, as people write it: 《title》（number）label."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.citations import Citation
from corpus.library import Library
from corpus.titles import titled
from web import links


@dataclass(frozen=True, slots=True)
class Source:
    """A provision by its document's title and number and by its own label, and the page that shows the words."""

    title: str
    number: str | None
    label: str
    url: str

    @property
    def words(self) -> str:
        """《title》（number）label, on one line."""
        return f"{titled(self.title, self.number)}{self.label}"


def source_of(citation: Citation, library: Library) -> Source:
    """Raises UnknownDocument, UnknownProvision."""
    document = library.get(citation.document_id)
    provision, facts = document.find(citation.article_id), document.metadata
    return Source(facts.title, facts.document_number, provision.label, links.citation_url(citation))
