"""The outline of a document: the provisions that a reader looks for, flat and as a tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.provisions import PolicyDocument, Provision

OUTLINE_WORDS = 18
"""Characters of an article without a heading that stand for it in the outline."""
# The last part of a label that names a place without a printed number: 第二款, 续段.
_UNNUMBERED = re.compile(r"(?:第[^第]{1,4}款|续段[一二三四五六七八九十]*)$")
# The same, of an article of a statute: 第三条, 第二十条之一.
_ARTICLE = re.compile(r"第[^第条]{1,8}条(?:之[一二三四五六七八九十])?$")


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A line of the outline: the number as printed and the heading, or the first words."""

    article_id: str
    words: str
    level: int
    is_heading: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of the outline with those under it."""

    entry: OutlineEntry
    under: tuple[Branch, ...]


def outline(document: PolicyDocument) -> tuple[OutlineEntry, ...]:
    """The provisions that a reader looks for, in the order printed."""
    ids = listed(document)
    return tuple(_entry(document, each) for each in document.walk() if each.article_id in ids)


def branches(entries: Sequence[OutlineEntry]) -> tuple[Branch, ...]:
    """The outline as a tree, by the levels of its entries."""
    roots: list[Branch] = []
    at = 0
    while at < len(entries):
        end = at + 1
        while end < len(entries) and entries[end].level > entries[at].level:
            end += 1
        roots.append(Branch(entries[at], branches(entries[at + 1 : end])))
        at = end
    return tuple(roots)


def listed(document: PolicyDocument) -> frozenset[str]:
    """The ids of the provisions that the outline lists.

    Paragraphs that bear no number, and what an article of a statute counts up without a heading, are left to the text.
    """
    found: set[str | None] = {None}
    for provision in document.walk():
        if provision.parent in found and _is_listed(document, provision):
            found.add(provision.article_id)
    return frozenset(article_id for article_id in found if article_id)


def _is_listed(document: PolicyDocument, provision: Provision) -> bool:
    if provision.heading:
        return True
    of_article = provision.parent is not None and any(
        _ARTICLE.search(each.label) for each in document.ancestors(provision)
    )
    return not of_article and not _UNNUMBERED.search(provision.label)


def _entry(document: PolicyDocument, provision: Provision) -> OutlineEntry:
    above = document.find(provision.parent).label if provision.parent else ""
    own = document.own_text(provision).strip()
    label = provision.label.removeprefix(above)
    words = provision.heading or ("" if label.endswith(("文首", "文末")) else own.removeprefix(label).strip())
    short = words if len(words) <= OUTLINE_WORDS or provision.heading else f"{words[:OUTLINE_WORDS]}…"
    return OutlineEntry(
        article_id=provision.article_id,
        words=_label_and_words(label, "".join(short.split())),
        level=provision.level,
        is_heading=bool(provision.heading),
    )


def _label_and_words(label: str, words: str) -> str:
    """«一、申请类别», «第一章 总则»; once where the heading is all that is printed."""
    if not words or "".join(label.split()) == words:
        return label
    return f"{label}{words}" if label.endswith(("、", "）", ")", ".", "．")) else f"{label} {words}"
