"""Carrying a publication out: candidate and index, evaluation, gate, switch. What is served changes in the last step
only, as one step (index.switching); before it, everything can be cancelled or cut off without a trace."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from index.storage import switch_to
from index.switching import LibraryChanged, finish_switch, state_of
from web.admin.work.candidate import Candidate, read_candidate, serves, switch_of
from web.admin.work.children import Child, ChildFailed, GivenUp, run_child
from web.admin.work.folders import Folders
from web.store import Store
from web.store.audit import Action
from web.store.publications import Kind, Publication, State
from web.store.uploads import UploadState

_BUILDING, _EVALUATING = 3600, 1800
"""Seconds that they may take at most."""
_NOTED_EVERY = 0.5
"""Seconds between two notes of progress in the table."""
_GATE_FAILED = 1
SCORES = "scores.json"
_DONE = {Kind.PUBLISH: Action.PUBLISHED, Kind.RESTORE: Action.RESTORED, Kind.WITHDRAW: Action.WITHDRAWN}

log = logging.getLogger(__name__)


class Publishing:
    """Carries publications out over a home. goes_on: whether the server does; gold: None for the suite's own."""

    def __init__(self, home: Path, store: Store, encoder: str, gold: Path | None, goes_on: Callable[[], bool]) -> None:
        self._home, self._store, self._encoder, self._gold, self._goes_on = home, store, encoder, gold, goes_on
        self._folders = Folders(home)

    def carry_on(self, publication: Publication) -> None:
        """From wherever it stands to its end, or to where somebody must decide."""
        try:
            candidate = self._candidate(publication)
            if candidate is not None and self._passes(publication, candidate):
                self._switch(publication, candidate)
        except GivenUp:
            self._given_up(publication)
        except ChildFailed as failure:
            self._fail(publication, failure)

    def settle(self, publication: Publication, candidate: Candidate) -> None:
        """Write down that a candidate serves; everything here may have been done before."""
        if not self._store.publications.move(publication.id, (State.SWITCHING,), State.DONE):
            return
        if publication.upload_id is not None:
            self._store.uploads.move(publication.upload_id, (UploadState.READY,), UploadState.PUBLISHED)
            self._folders.let_go(publication.upload_id)
        version = f"版本 {candidate.version}" if candidate.version else "移出文件库"
        detail = f"《{publication.title}》（{candidate.document_id}）{version}，索引 {candidate.index_version}"
        self._store.audit.record(publication.account, _DONE[publication.kind], detail)
        shutil.rmtree(self._folders.publication(publication.id), ignore_errors=True)

    def _candidate(self, publication: Publication) -> Candidate | None:
        """The candidate, built, or as it was built before where somebody let it go on against the gate."""
        known = read_candidate(self._folders.publication(publication.id))
        if known is not None and publication.reason and publication.scores:
            moved = self._store.publications.move(publication.id, (State.QUEUED,), State.EVALUATING)
            return known if moved else None
        fresh = {"stage": "排队", "done": 0, "total": 0, "scores": {}, "message": ""}
        if not self._store.publications.move(publication.id, (State.QUEUED,), State.BUILDING, **fresh):
            return None
        candidate = self._built(publication)
        found = {
            "version": candidate.version,
            "previous_version": candidate.made_from["documents"].get(candidate.document_id),
            "index_version": candidate.index_version,
            "stage": "评测",
            "done": 0,
            "total": 0,
        }
        if not self._store.publications.move(publication.id, (State.BUILDING,), State.EVALUATING, **found):
            raise GivenUp
        return candidate

    def _built(self, publication: Publication) -> Candidate:
        folder = self._folders.publication(publication.id)
        asked = {
            "home": str(self._home.resolve()),
            "folder": str(folder.resolve()),
            "encoder": self._encoder,
            "change": self._change(publication),
        }
        child = Child(("web.admin.work.building", json.dumps(asked, ensure_ascii=False)), _BUILDING)
        run_child(child, self._noting(publication), self._still_wanted(publication))
        candidate = read_candidate(folder)
        if candidate is None:
            raise ChildFailed("候选索引不完整，请重试")
        return candidate

    def _change(self, publication: Publication) -> Mapping[str, Any]:
        change = {"kind": publication.kind.name, "document_id": publication.document_id, "version": publication.version}
        if publication.upload_id is None:
            return change
        upload = self._store.uploads.get(publication.upload_id)
        return {**change, "file": str(self._folders.source(upload).resolve()), "facts": dict(upload.facts)}

    def _passes(self, publication: Publication, candidate: Candidate) -> bool:
        """Whether the gate lets it through, or somebody has, with a reason. Else it waits as REFUSED.

        Where the library is another by now, it begins anew.
        """
        now = self._store.publications.get(publication.id)
        scores, message = dict(now.scores), ""
        if not scores:
            scores, message = self._evaluated(publication)
            self._store.publications.note(publication.id, scores=scores)
        if not message and not scores.get("falls"):
            return True
        if state_of(self._home) != candidate.made_from:
            self._begin_anew(publication, State.EVALUATING)
            return False
        if publication.reason:
            detail = f"《{publication.title}》：{message or _told(scores)}；理由：{publication.reason}"
            self._store.audit.record(publication.account, Action.OVERRIDDEN, detail)
            return True
        refused = {"message": message or _told(scores)}
        if not self._store.publications.move(publication.id, (State.EVALUATING,), State.REFUSED, **refused):
            raise GivenUp
        self._store.audit.record(publication.account, Action.REFUSED, f"《{publication.title}》：{refused['message']}")
        return False

    def _evaluated(self, publication: Publication) -> tuple[dict[str, Any], str]:
        """What the evaluation measured, or why it could not."""
        folder = self._folders.publication(publication.id)
        target = folder / SCORES
        both = ("--home", str(self._home.resolve()), "--candidate", str((folder / "home").resolve()))
        gold = ("--gold", str(self._gold.resolve())) if self._gold else ()
        out = ("--json", str(target.resolve()), "--progress", "--encoder", self._encoder)
        child = Child(("eval", "compare", *both, *gold, *out), _EVALUATING, passes=(0, _GATE_FAILED))
        try:
            run_child(child, self._noting(publication), self._still_wanted(publication))
            scores: dict[str, Any] = json.loads(target.read_text("utf-8"))
        except ChildFailed as failure:
            log.warning("evaluating %s: %s", publication.id, failure.complaints)
            return {"unmeasured": True}, f"评测未能完成：{failure.complaints.strip() or failure}"
        except (OSError, ValueError):
            return {"unmeasured": True}, "评测未能完成：没有得到结果"
        return scores, ""

    def _switch(self, publication: Publication, candidate: Candidate) -> None:
        changes = {"stage": "切换", "done": 0, "total": 1}
        if not self._store.publications.move(publication.id, (State.EVALUATING,), State.SWITCHING, **changes):
            raise GivenUp
        folder = self._folders.publication(publication.id).resolve()
        home = self._home.resolve()
        try:
            switch_to(home, switch_of(home, folder, candidate), candidate.made_from)
        except LibraryChanged:
            self._begin_anew(publication, State.SWITCHING)
            return
        except OSError as error:
            finish_switch(home)  # once it is written down it happens, here or, where this fails too, later
            if not serves(home, candidate):
                raise ChildFailed(f"切换时磁盘读写出错：{error.strerror or error}") from error
        self.settle(publication, candidate)

    def _begin_anew(self, publication: Publication, stands: State) -> None:
        """Something else was published or added meanwhile: once more from the start, evaluation and all."""
        shutil.rmtree(self._folders.publication(publication.id), ignore_errors=True)
        fresh = {"scores": {}, "stage": "文件库有变化，重新排队", "done": 0, "total": 0}
        self._store.publications.move(publication.id, (stands,), State.QUEUED, **fresh)

    def _given_up(self, publication: Publication) -> None:
        """Cancelled by somebody, or cut off by the end of the server."""
        publications = self._store.publications
        running = (State.QUEUED, State.BUILDING, State.EVALUATING)
        if not publications.get(publication.id).cancelled:
            publications.move(publication.id, running, State.INTERRUPTED)
        elif publications.move(publication.id, running, State.CANCELLED):
            self._store.audit.record(publication.account, Action.CANCELLED, f"《{publication.title}》")
            shutil.rmtree(self._folders.publication(publication.id), ignore_errors=True)

    def _fail(self, publication: Publication, failure: ChildFailed) -> None:
        if failure.complaints:
            log.warning("publication %s: %s", publication.id, failure.complaints)
        running = (State.BUILDING, State.EVALUATING, State.SWITCHING)
        if not self._store.publications.move(publication.id, running, State.FAILED, message=str(failure)):
            self._given_up(publication)
            return
        self._store.audit.record(publication.account, Action.FAILED, f"《{publication.title}》：{failure}")

    def _noting(self, publication: Publication) -> Callable[[str, int, int], None]:
        """Keeps progress in the table, not more often than is looked at."""
        last = 0.0

        def note(stage: str, done: int, total: int) -> None:
            nonlocal last
            if done == total or monotonic() - last > _NOTED_EVERY:
                last = monotonic()
                self._store.publications.note(publication.id, stage=stage, done=done, total=total)

        return note

    def _still_wanted(self, publication: Publication) -> Callable[[], bool]:
        def is_wanted() -> bool:
            try:
                return self._goes_on() and not self._store.publications.get(publication.id).cancelled
            except SQLAlchemyError as error:  # an hour's work is not thrown away because the database is away
                log.warning("publication %s: the database does not answer (%s)", publication.id, type(error).__name__)
                return True

        return is_wanted


def _told(scores: Mapping[str, Any]) -> str:
    """«首条命中由 88.5% 降至 87.1%»."""
    falls = (f"{each['name']}由 {each['serving']:.1%} 变为 {each['candidate']:.1%}" for each in scores.get("falls", ()))
    return "；".join(falls)
