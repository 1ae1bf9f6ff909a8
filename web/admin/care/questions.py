"""/admin/questions: what was not answered, or answered badly, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from assistant.places import places_in
from corpus.library import NATIONAL, Library
from web.admin.care.words import DECISIONS, KINDS
from web.admin.frame import Frame, session_of
from web.admin.wording import moment
from web.asking import Desk
from web.pages.turns import TurnView, turn_view
from web.paging import Page
from web.problems import Problem
from web.store.audit import Action
from web.store.conversations import UnknownAnswer
from web.store.queue import MOST, Decision, Group, Kind

DAYS = (7, 30, 90, 365)
STANDS = {"waiting": "待处理", "decided": "已处理或忽略", "all": "全部"}
ORDERS = {"newest": "最近的在前", "often": "问得多的在前"}
_PER_PAGE = 20
_SHOWN = 50
"""Occurrences listed of one question."""
_LONGEST = 100
"""Characters of the words searched for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the queue is narrowed down to; whatever is not one of the options is the usual one."""

    kind: str = ""
    region: str = ""
    words: str = ""
    days: int = 30
    stands: str = "waiting"
    order: str = "newest"

    def chosen(self, groups: Iterable[Group], library: Library) -> list[Group]:
        """The groups that fit, in order."""
        found = [group for group in groups if self._fits(group) and self._is_about(group, library)]
        return sorted(found, key=lambda group: -len(group.occurrences)) if self.order == "often" else found

    def query(self, page: int) -> str:
        fields = {"kind": self.kind, "region": self.region, "words": self.words, "days": self.days}
        return urlencode({**fields, "stands": self.stands, "order": self.order, "page": page})

    def _fits(self, group: Group) -> bool:
        stands = self.stands == "all" or group.waits == (self.stands == "waiting")
        return stands and (not self.kind or self.kind in group.kinds) and self._has_words(group)

    def _has_words(self, group: Group) -> bool:
        said = "\n".join((*group.reasons, *(f"{each.question}\n{each.interpreted}" for each in group.occurrences)))
        return all(word == group.number or word in said.casefold() for word in self.words.casefold().split())

    def _is_about(self, group: Group, library: Library) -> bool:
        """Whether the search was narrowed down to the region, or the question names it."""
        if not self.region or any(each.region == self.region for each in group.occurrences):
            return True
        return any(place.full_name == self.region for place in places_in(group.latest.interpreted, library))


_USUAL = Choice()


def questions_router(frame: Frame, desk: Desk) -> APIRouter:
    """The queue, a page a question, and decisions."""
    router, queue = frame.router(), Questions(frame, desk)

    @router.get("/questions")
    def questions(
        request: Request,
        kind: str = "",
        region: str = "",
        words: str = "",
        days: str = "",
        stands: str = "",
        order: str = "",
        page: str = "1",
    ) -> Response:
        choice = Choice(
            kind if kind in [*Kind] else "",
            region if region in _regions(desk.assistant.library) else "",
            " ".join(words[:_LONGEST].split()),
            int(days) if days in map(str, DAYS) else _USUAL.days,
            stands if stands in STANDS else _USUAL.stands,
            order if order in ORDERS else _USUAL.order,
        )
        return queue.list(request, choice, page)

    @router.get("/questions/{key}")
    def question(request: Request, key: str) -> Response:
        return queue.page(request, queue.find(key))

    @router.post("/questions/{key}/decide")
    def decide(request: Request, key: str, decision: Annotated[str, Form()] = "") -> Response:
        group = queue.find(key)
        if decision not in (Decision.DONE, Decision.IGNORED):
            return queue.page(request, group, "请选择“已处理”或“忽略”。")
        queue.decide(request, group, Decision(decision))
        return RedirectResponse("/admin/questions", 303)

    @router.post("/questions/{key}/reopen")
    def reopen(request: Request, key: str) -> Response:
        group = queue.find(key)
        if frame.store.queue.unmark(key):
            frame.store.audit.record(session_of(request).account, Action.REOPENED, _called(group))
        return RedirectResponse(f"/admin/questions/{key}", 303)

    return router


class Questions:
    """The pages of the queue."""

    def __init__(self, frame: Frame, desk: Desk) -> None:
        self._frame, self._store, self._desk = frame, frame.store, desk

    def list(self, request: Request, choice: Choice, asked: str) -> Response:
        groups = self._store.queue.groups(_since(choice.days))
        found = choice.chosen(groups, self._desk.assistant.library)
        page = Page.of(asked, len(found), _PER_PAGE)
        values = {
            "groups": found[page.rows],
            "total": len(found),
            "asked": sum(len(group.occurrences) for group in found),
            "is_cut": sum(len(group.occurrences) for group in groups) >= MOST,
            "most": MOST,
            "choice": choice,
            "is_narrowed": choice != _USUAL,
            "page": page.number,
            "pages": page.last,
            "kinds": KINDS,
            "decisions": DECISIONS,
            "regions": [(each, each) for each in _regions(self._desk.assistant.library)],
            "all_days": [(days, f"最近 {days} 天") for days in DAYS],
            "all_stands": STANDS,
            "orders": ORDERS,
            "moment": moment,
        }
        return self._frame.page(request, "admin/questions.html", values)

    def page(self, request: Request, group: Group, refused: str = "") -> Response:
        values = {
            "group": group,
            "occurrences": group.occurrences[:_SHOWN],
            "turn": self._answered(group),
            "kinds": KINDS,
            "decisions": DECISIONS,
            "refused": refused,
            "moment": moment,
        }
        return self._frame.page(request, "admin/questions_one.html", values, 422 if refused else 200)

    def find(self, key: str) -> Group:
        """Raises Problem."""
        groups = self._store.queue.groups(_since(max(DAYS)))
        found = next((group for group in groups if group.key == key), None)
        if found is None:
            raise Problem("not_found", "没有这个问题：所在的对话可能已删除，或评价已撤销。请从问题列表进入。")
        return found

    def decide(self, request: Request, group: Group, decision: Decision) -> None:
        account = session_of(request).account
        self._store.queue.mark(group.key, decision, account)
        self._store.audit.record(account, Action.DECIDED, f"{DECISIONS[decision]}：{_called(group)}")

    def _answered(self, group: Group) -> TurnView | None:
        """The answer as it is given now; None where the conversation was deleted meanwhile."""
        assistant = self._desk.assistant
        try:
            asked = self._desk.answered(group.latest.answer_id)
        except UnknownAnswer:
            return None
        return turn_view(asked, assistant.library, assistant.index_version)


def _called(group: Group) -> str:
    """A question as the log calls it, which outlives it: by its number, which the list can be searched for."""
    return f"提问编号 {group.number}"


def _since(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def _regions(library: Library) -> tuple[str, ...]:
    """The regions that the documents are made for, the nation first."""
    return tuple(dict.fromkeys((NATIONAL, *_named(library))))


def _named(library: Library) -> Iterator[str]:
    yield from (document.metadata.region for document in library if document.metadata.region)
