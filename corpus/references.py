"""The texts that a document names: 《…》（文号)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.provisions import PolicyDocument

_REFERENCE = re.compile(
    r"《(?P<title>[^《》\n]{2,80})》(?:[（(](?P<number>[^（）()\n]*?[〔\[（(]?\d{4}[〕\]）)]?[^（）()，,\n]*?号)[^（）()\n]*[）)])?"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A text named in an article: its title without 《》, its 文号 where printed, and where it is named."""

    title: str
    document_number: str | None
    article_id: str
    start: int
    end: int


def references(document: PolicyDocument) -> tuple[Reference, ...]:
    """Every text that a document names, in order, repeats included; not the document itself."""
    found = (
        Reference(match["title"], match["number"], provision.article_id, *match.span())
        for provision in document.walk()
        for match in _REFERENCE.finditer(document.text, provision.start, provision.end)
    )
    return tuple(reference for reference in found if reference.title != document.metadata.title)
