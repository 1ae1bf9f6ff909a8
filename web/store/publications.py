"""Changes of the library that were asked for: publishing an upload, restoring a version, withdrawing a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from web.store.conversations import is_id
from web.store.database import Database, in_utc
from web.store.tables import publications


class Kind(StrEnum):
    """What is to be done with a document, by the word that people read."""

    PUBLISH = "发布"
    RESTORE = "恢复版本"
    WITHDRAW = "撤下"


class State(StrEnum):
    """Where a publication stands.

    BUILDING     the candidate library and its index are being made
    EVALUATING   the candidate is asked the gold questions
    REFUSED      a guarded rate fell, or could not be measured: it goes on with a reason only
    SWITCHING    what is served is being replaced; it can no longer be cancelled
    INTERRUPTED  the server stopped in the middle; what is served is what was
    """

    QUEUED = "queued"
    BUILDING = "building"
    EVALUATING = "evaluating"
    REFUSED = "refused"
    SWITCHING = "switching"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


RUNNING = (State.BUILDING, State.EVALUATING, State.SWITCHING)
OPEN = (State.QUEUED, *RUNNING, State.REFUSED, State.FAILED, State.INTERRUPTED)
"""What is under way or waits for a decision."""
STOPPED = (State.REFUSED, State.FAILED, State.INTERRUPTED)
"""What goes on only when somebody says so."""


class UnknownPublication(KeyError):
    """There is no publication of that id."""


class UnderWay(ValueError):
    """The same document is being changed already; the message is in Chinese."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A change of one document of the library.

    version           the version that is to count; of an upload known once it is built; None where none is to
    previous_version  the one that counted before, None where none did
    stage, done, total  how far it is: 建索引 120/400
    reason            why it goes on although the gate is against it; empty where nobody said so
    scores            what the evaluation measured, as `python -m eval compare` gives it; empty before
    index_version     the index made for it
    """

    id: str
    kind: Kind
    upload_id: str | None
    document_id: str
    title: str
    version: str | None
    previous_version: str | None
    account: str
    created_at: datetime
    changed_at: datetime
    state: State
    stage: str
    done: int
    total: int
    cancelled: bool
    reason: str
    message: str
    scores: Mapping[str, Any]
    index_version: str | None


class Publications:
    """The publications. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        publication_id: str,
        kind: Kind,
        document_id: str,
        title: str,
        account: str,
        upload_id: str | None = None,
        version: str | None = None,
    ) -> None:
        """Ask for a change. Raises UnderWay where one of the same document is open."""
        now = datetime.now(UTC)
        row: dict[str, Any] = {
            "id": publication_id,
            "kind": kind.name,
            "upload_id": upload_id,
            "document_id": document_id,
            "title": title,
            "version": version,
            "previous_version": None,
            "account": account,
            "created_at": now,
            "changed_at": now,
            "state": State.QUEUED.value,
            "stage": "",
            "done": 0,
            "total": 0,
            "cancelled": False,
            "reason": "",
            "message": "",
            "scores": {},
            "index_version": None,
        }
        same = publications.c.document_id == document_id
        with self._database.writing(alone=True) as connection:
            if connection.scalar(select(publications.c.id).where(same, publications.c.state.in_([*OPEN])).limit(1)):
                raise UnderWay("这份文件正有一次变更尚未完成，请先完成或取消它")
            connection.execute(insert(publications), row)

    def get(self, publication_id: str) -> Publication:
        """Raises UnknownPublication."""
        if not is_id(publication_id):
            raise UnknownPublication(publication_id)
        with self._database.reading() as connection:
            row = connection.execute(select(publications).where(publications.c.id == publication_id)).first()
        if row is None:
            raise UnknownPublication(publication_id)
        return _publication(row)

    def open(self) -> tuple[Publication, ...]:
        """What is under way or waits for a decision, oldest first."""
        query = select(publications).where(publications.c.state.in_([*OPEN])).order_by(publications.c.created_at)
        with self._database.reading() as connection:
            return tuple(map(_publication, connection.execute(query).all()))

    def done(self, limit: int, document_id: str | None = None) -> tuple[Publication, ...]:
        """The latest changes that came into force, of one document where one is named, newest first."""
        query = select(publications).where(publications.c.state == State.DONE.value)
        if document_id is not None:
            query = query.where(publications.c.document_id == document_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(publications.c.changed_at.desc()).limit(limit)).all()
        return tuple(map(_publication, rows))

    def latest_of_upload(self, upload_id: str) -> Publication | None:
        """The last change asked for with an upload."""
        query = select(publications).where(publications.c.upload_id == upload_id)
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(publications.c.created_at.desc()).limit(1)).first()
        return None if row is None else _publication(row)

    def next_queued(self) -> Publication | None:
        """The one that has waited longest."""
        waiting = select(publications).where(publications.c.state == State.QUEUED.value)
        with self._database.reading() as connection:
            row = connection.execute(waiting.order_by(publications.c.changed_at).limit(1)).first()
        return None if row is None else _publication(row)

    def move(self, publication_id: str, among: tuple[State, ...], to: State, **changes: Any) -> bool:
        """Let one that stands at one of `among` and is not cancelled stand at `to`; False where it does not.

        changes: values of columns, with it in one step.
        """
        values = {"state": to.value, "changed_at": datetime.now(UTC), **changes}
        mine = (publications.c.id == publication_id, publications.c.state.in_([*among]))
        willing = () if to is State.CANCELLED else (publications.c.cancelled.is_(False),)
        with self._database.writing() as connection:
            return connection.execute(update(publications).where(*mine, *willing).values(**values)).rowcount == 1

    def note(self, publication_id: str, **values: Any) -> None:
        """Keep what became known of it, or how far it is."""
        with self._database.writing() as connection:
            connection.execute(update(publications).where(publications.c.id == publication_id).values(**values))

    def cancel(self, publication_id: str) -> bool:
        """Ask that one be given up: at once where nothing runs, else soon; False where it is too late."""
        mine = publications.c.id == publication_id
        now = datetime.now(UTC)
        waiting = publications.c.state.in_([State.QUEUED, *STOPPED])
        running = publications.c.state.in_([State.BUILDING, State.EVALUATING])
        ended = {"state": State.CANCELLED.value, "cancelled": True, "changed_at": now}
        with self._database.writing() as connection:
            if connection.execute(update(publications).where(mine, waiting).values(**ended)).rowcount:
                return True
            return connection.execute(update(publications).where(mine, running).values(cancelled=True)).rowcount == 1

    def running(self) -> tuple[Publication, ...]:
        """What was under way: at the start of a server, what a stop cut off."""
        query = select(publications).where(publications.c.state.in_([*RUNNING]))
        with self._database.reading() as connection:
            return tuple(map(_publication, connection.execute(query).all()))

    def count(self, *states: State) -> int:
        """How many stand at one of the states."""
        query = select(func.count()).select_from(publications).where(publications.c.state.in_([*states]))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()


def _publication(row: Row[Any]) -> Publication:
    return Publication(
        id=row.id,
        kind=Kind[row.kind],
        upload_id=row.upload_id,
        document_id=row.document_id,
        title=row.title,
        version=row.version,
        previous_version=row.previous_version,
        account=row.account,
        created_at=in_utc(row.created_at),
        changed_at=in_utc(row.changed_at),
        state=State(row.state),
        stage=row.stage,
        done=row.done,
        total=row.total,
        cancelled=row.cancelled,
        reason=row.reason,
        message=row.message,
        scores=row.scores,
        index_version=row.index_version,
    )
