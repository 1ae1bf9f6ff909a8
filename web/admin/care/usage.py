"""/admin/usage: how much is asked, what comes of it, what is cited, and which programs ask, drawn and in tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response

from assistant.answers import QuestionType, Status
from corpus.library import Library
from web import links
from web.admin.care.charts import Bars, Share, bars_of, shares_of
from web.admin.care.words import OUTCOMES, TYPES
from web.admin.frame import Frame
from web.asking import Desk
from web.beijing import beginning
from web.store import Store
from web.store.queue import Group, Kind

SPANS = (30, 90)
"""Days."""
_TOP = 10


@dataclass(frozen=True, slots=True)
class KeyUse:
    """The requests of a program's key, a bar a day."""

    key_id: str
    name: str
    bars: Bars


@dataclass(frozen=True, slots=True)
class Figures:
    """What the page shows of a span of days.

    answered    share of the questions that were answered, in [0, 1]
    up, down    answers judged well and badly
    documents, articles  share of the answers that cited them, most cited first
    """

    first: date
    last: date
    questions: Bars
    days: tuple[tuple[date, int, int], ...]
    outcomes: tuple[Share, ...]
    types: tuple[Share, ...]
    answered: float
    up: int
    down: int
    documents: tuple[Share, ...]
    articles: tuple[Share, ...]
    unanswered: tuple[Group, ...]
    keys: tuple[KeyUse, ...]


def usage_router(frame: Frame, desk: Desk) -> APIRouter:
    """One page, over 30 or 90 days."""
    router = frame.router()

    @router.get("/usage")
    def usage(request: Request, days: str = "") -> Response:
        span = int(days) if days in map(str, SPANS) else SPANS[0]
        figures = figures_of(frame.store, desk.assistant.library, span)
        return frame.page(request, "admin/usage.html", {"figures": figures, "span": span, "spans": SPANS})

    return router


def figures_of(store: Store, library: Library, span: int) -> Figures:
    """Over the last so many days of Beijing, today included."""
    last = store.keys.today()
    first = last - timedelta(days=span - 1)
    days = store.usage.days(first, last)
    outcomes = Counter[str]()
    for each in days:
        outcomes.update(each.outcomes)
    asked = sum(outcomes.values())
    cited = store.usage.cited(first, last)
    up, down = store.usage.verdicts(first, last)
    return Figures(
        first=first,
        last=last,
        questions=bars_of([(f"{each.day.month}月{each.day.day}日", each.questions) for each in days]),
        days=tuple((each.day, each.questions, each.outcomes.get(Status.ANSWERED, 0)) for each in reversed(days)),
        outcomes=shares_of([(words, outcomes[status]) for status, words in OUTCOMES.items()]),
        types=shares_of([(TYPES[QuestionType(kind)], count) for kind, count in store.usage.types(first, last)]),
        answered=outcomes[Status.ANSWERED] / asked if asked else 0.0,
        up=up,
        down=down,
        documents=_documents(store, first, last, library, asked),
        articles=_articles(cited, library, asked),
        unanswered=_unanswered(store, first),
        keys=_keys(store, span),
    )


def _documents(store: Store, first: date, last: date, library: Library, asked: int) -> tuple[Share, ...]:
    """By the answers that cited any article of a document."""
    counted = Counter(store.usage.documents(first, last)).most_common(_TOP)
    return shares_of([(_title(each, library), count, _url(each, library)) for each, count in counted], asked)


def _articles(cited: Mapping[tuple[str, str], int], library: Library, asked: int) -> tuple[Share, ...]:
    ranked = sorted(cited.items(), key=lambda each: (-each[1], each[0]))[:_TOP]
    return shares_of([_article(*place, library, count) for place, count in ranked], asked)


def _article(document_id: str, article_id: str, library: Library, count: int) -> tuple[str, int, str]:
    if document_id not in library or not library.get(document_id).has(article_id):
        return f"{document_id} {article_id}（已不在库中）", count, ""
    label = library.get(document_id).find(article_id).label
    return f"《{library.get(document_id).metadata.title}》{label}", count, links.provision_url(document_id, article_id)


def _title(document_id: str, library: Library) -> str:
    return (
        f"《{library.get(document_id).metadata.title}》" if document_id in library else f"{document_id}（已不在库中）"
    )


def _url(document_id: str, library: Library) -> str:
    return links.document_url(document_id) if document_id in library else ""


def _unanswered(store: Store, first: date) -> tuple[Group, ...]:
    """The questions without an answer that were asked most, decided ones too."""
    groups = [group for group in store.queue.groups(beginning(first)) if group.kinds - {Kind.DOWN}]
    return tuple(sorted(groups, key=lambda group: -len(group.occurrences))[:_TOP])


def _keys(store: Store, span: int) -> tuple[KeyUse, ...]:
    """Of the keys that asked anything, those that asked most first."""
    used = [
        KeyUse(
            key.key_id,
            key.name,
            bars_of([(str(each.day), each.requests) for each in store.keys.usage(key.key_id, span)]),
        )
        for key in store.keys.all()
    ]
    return tuple(sorted((each for each in used if each.bars.total), key=lambda each: -each.bars.total))
