"""/admin/documents: every document with its versions: who added each, when, and what it changed; restoring one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from corpus.holdings import Holdings, UnknownHolding
from corpus.library import DOCUMENTS, load_document
from corpus.provisions import PolicyDocument
from corpus.readers import SUFFIXES
from corpus.versions import DamagedHolding, Holding
from web import links
from web.admin.administration import Administration
from web.admin.frame import Frame, session_of
from web.admin.wording import STATES, moment
from web.admin.work.differences import Change, Difference, differences
from web.asking import Desk
from web.problems import Problem, echo
from web.store.audit import Action
from web.store.publications import Kind, Publication, UnderWay
from web.store.uploads import new_id

_COMPARED = 10
"""Versions that are compared with the one before, the newest."""
_SHOWN = 100
"""Differences shown of a version."""


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version as it is listed. who: «命令行或随程序提供» where no publication made it count."""

    version: str
    counts: bool
    source_name: str
    added: str
    who: str
    compared_with: str
    changed: tuple[tuple[str, str, str, list[tuple[str, str]]], ...]
    more: int
    counted: tuple[tuple[str, int], ...]
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """A document in the list."""

    document_id: str
    title: str
    number: str
    versions: int
    state: str


@dataclass(frozen=True)
class Against:
    """A version beside the one before it; None where one of them is not there or cannot be read."""

    name: str
    before: PolicyDocument | None
    after: PolicyDocument | None

    @property
    def is_known(self) -> bool:
        return self.before is not None and self.after is not None

    @cached_property
    def changed(self) -> tuple[Difference, ...]:
        return differences(self.before, self.after) if self.before and self.after else ()


def shipped(document_id: str) -> PolicyDocument | None:
    """The document of that id that comes with the program; None where none does."""
    found = next((each for each in DOCUMENTS.iterdir() if each.stem == document_id and each.suffix in SUFFIXES), None)
    return load_document(found) if found else None


def versions_router(frame: Frame, desk: Desk, administration: Administration) -> APIRouter:
    """The list, a page a document, and what changes its versions."""
    router, holdings = frame.router(), Holdings(administration.home)
    history = History(frame, desk, holdings)

    @router.get("/documents")
    def documents(request: Request) -> Response:
        return frame.page(request, "admin/documents.html", {"rows": [*history.rows()]})

    @router.get("/documents/{document_id}")
    def document(request: Request, document_id: str) -> Response:
        return history.page(request, document_id)

    @router.post("/documents/{document_id}/restore")
    def restore(request: Request, document_id: str, version: Annotated[str, Form()] = "") -> Response:
        if all(each.version != version for each in history.of(document_id)):
            return history.page(request, document_id, "没有这个版本，请从下面的列表中选择。")
        return _ask_for(Kind.RESTORE, request, document_id, version)

    @router.post("/documents/{document_id}/withdraw")
    def withdraw(request: Request, document_id: str) -> Response:
        if not any(each.counts for each in history.of(document_id)):
            return history.page(request, document_id, "这份文件已不在文件库中，或随程序提供、不能移出。")
        return _ask_for(Kind.WITHDRAW, request, document_id, None)

    def _ask_for(kind: Kind, request: Request, document_id: str, version: str | None) -> Response:
        account, title, publication_id = session_of(request).account, history.title(document_id), new_id()
        try:
            frame.store.publications.add(publication_id, kind, document_id, title, account, version=version)
        except UnderWay as error:
            return history.page(request, document_id, f"{error}。")
        frame.store.audit.record(account, Action.PUBLISHING, f"{kind.value}《{title}》{version or ''}")
        administration.workshop.wake()
        return RedirectResponse(f"/admin/publications/{publication_id}", 303)

    return router


class History:
    """The versions of documents, as they lie on disk, with who published them."""

    def __init__(self, frame: Frame, desk: Desk, holdings: Holdings) -> None:
        self._frame, self._library, self._holdings = frame, desk.assistant.library, holdings

    def rows(self) -> Iterator[Row]:
        """The library's documents in its order, then those that were withdrawn."""
        for document in self._library:
            kept = len(self.of(document.document_id))
            facts = document.metadata
            state = f"{kept} 个版本" if kept else "随程序提供"
            yield Row(document.document_id, facts.title, facts.document_number or "", kept, state)
        for holding in self._holdings.removed():
            if holding.document_id not in self._library:
                kept = len(self.of(holding.document_id))
                yield Row(holding.document_id, self.title(holding.document_id), "", kept, "已移出")

    def of(self, document_id: str) -> tuple[Holding, ...]:
        """Oldest first; none of a document that was never added."""
        try:
            return self._holdings.history(document_id)
        except UnknownHolding:
            return ()

    def title(self, document_id: str) -> str:
        """As the library has it, else as the last version prints it."""
        if document_id in self._library:
            return self._library.get(document_id).metadata.title
        last = next(reversed(self.of(document_id)), None)
        read = self._document(last) if last else None
        return read.metadata.title if read else document_id

    def page(self, request: Request, document_id: str, refused: str = "") -> Response:
        """Raises Problem where there is no such document."""
        versions = self.of(document_id)
        if not versions and document_id not in self._library:
            raise Problem("unknown_document", f"文件库中没有「{echo(document_id)}」。")
        published = self._frame.store.publications.done(200, document_id)
        values = {
            "document_id": document_id,
            "title": self.title(document_id),
            "address": links.document_url(document_id) if document_id in self._library else "",
            "is_shipped": shipped(document_id) is not None,
            "versions": [*self._views(versions, published)],
            "publications": published,
            "open": [each for each in self._frame.store.publications.open() if each.document_id == document_id],
            "states": STATES,
            "refused": refused,
            "moment": moment,
        }
        return self._frame.page(request, "admin/document.html", values, 422 if refused else 200)

    def _views(self, versions: tuple[Holding, ...], published: tuple[Publication, ...]) -> Iterator[VersionView]:
        """Newest first."""
        by_version = {each.version: each for each in reversed(published) if each.kind is Kind.PUBLISH}
        read = {each.version: self._document(each) for each in versions[-_COMPARED - 1 :]}
        for at in reversed(range(len(versions))):
            each = versions[at]
            earlier = read.get(versions[at - 1].version) if at else shipped(each.document_id)
            against = Against(versions[at - 1].version if at else "随程序提供的版本", earlier, read.get(each.version))
            yield _view(each, against, by_version.get(each.version))

    def _document(self, holding: Holding) -> PolicyDocument | None:
        try:
            return self._holdings.document(holding)
        except DamagedHolding:
            return None


def _view(holding: Holding, against: Against, publication: Publication | None) -> VersionView:
    changed = against.changed
    counted = tuple((change.value, sum(each.change is change for each in changed)) for change in Change)
    return VersionView(
        version=holding.version,
        counts=holding.counts,
        source_name=holding.source_name,
        added=moment(holding.added_at),
        who=publication.account if publication else "命令行",
        compared_with=against.name if against.is_known else "",
        changed=tuple(map(_row, changed[:_SHOWN])),
        more=max(0, len(changed) - _SHOWN),
        counted=tuple((name, count) for name, count in counted if count),
        note=publication.reason if publication else "",
    )


def _row(each: Difference) -> tuple[str, str, str, list[tuple[str, str]]]:
    return each.change.value, each.label, each.heading, [(piece.how.value, piece.text) for piece in each.pieces]
