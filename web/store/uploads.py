"""Files sent in by those who keep the library: where each stands. The files themselves lie in home/uploads/<id>/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, func, insert, select, update

from web.store.conversations import is_id
from web.store.database import Database, in_utc
from web.store.tables import uploads


class UploadState(StrEnum):
    """Where an upload stands.

    QUEUED       waits to be read
    READING      is being read
    READY        was read; can be corrected, published or discarded
    FAILED       cannot be read; message says why
    INTERRUPTED  the server stopped while it was being read
    """

    QUEUED = "queued"
    READING = "reading"
    READY = "ready"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    PUBLISHED = "published"
    DISCARDED = "discarded"


PENDING = (
    UploadState.QUEUED,
    UploadState.READING,
    UploadState.READY,
    UploadState.FAILED,
    UploadState.INTERRUPTED,
)
"""What still waits for somebody to decide."""


class UnknownUpload(KeyError):
    """There is no upload of that id."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent in. facts: what a person corrected of its metadata, dates in ISO form."""

    id: str
    name: str
    bytes: int
    account: str
    created_at: datetime
    changed_at: datetime
    state: UploadState
    facts: Mapping[str, Any]
    message: str


class Uploads:
    """The uploads. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, upload_id: str, name: str, size: int, account: str) -> None:
        """Note a file of `size` bytes that lies whole in its folder, to be read."""
        now = datetime.now(UTC)
        row = {
            "id": upload_id,
            "name": name,
            "bytes": size,
            "account": account,
            "created_at": now,
            "changed_at": now,
            "state": UploadState.QUEUED.value,
            "facts": {},
            "message": "",
        }
        with self._database.writing() as connection:
            connection.execute(insert(uploads), row)

    def get(self, upload_id: str) -> Upload:
        """Raises UnknownUpload."""
        if not is_id(upload_id):
            raise UnknownUpload(upload_id)
        with self._database.reading() as connection:
            row = connection.execute(select(uploads).where(uploads.c.id == upload_id)).first()
        if row is None:
            raise UnknownUpload(upload_id)
        return _upload(row)

    def pending(self) -> tuple[Upload, ...]:
        """What waits for a decision, newest first."""
        query = select(uploads).where(uploads.c.state.in_([*PENDING])).order_by(uploads.c.created_at.desc())
        with self._database.reading() as connection:
            return tuple(map(_upload, connection.execute(query).all()))

    def count_pending(self) -> int:
        """How many wait for a decision."""
        query = select(func.count()).select_from(uploads).where(uploads.c.state.in_([*PENDING]))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def next_queued(self) -> Upload | None:
        """The one that has waited longest to be read."""
        waiting = select(uploads).where(uploads.c.state == UploadState.QUEUED.value)
        with self._database.reading() as connection:
            row = connection.execute(waiting.order_by(uploads.c.changed_at).limit(1)).first()
        return None if row is None else _upload(row)

    def move(self, upload_id: str, among: tuple[UploadState, ...], to: UploadState, **changes: Any) -> bool:
        """Let an upload that stands at one of `among` stand at `to`; False, and nothing done, where it does not.

        changes: message, facts.
        """
        values = {"state": to.value, "changed_at": datetime.now(UTC), **changes}
        mine = (uploads.c.id == upload_id, uploads.c.state.in_([*among]))
        with self._database.writing() as connection:
            return connection.execute(update(uploads).where(*mine).values(**values)).rowcount == 1

    def interrupt(self) -> int:
        """What was being read when the server stopped is INTERRUPTED; returns how many."""
        reading = uploads.c.state == UploadState.READING.value
        values = {"state": UploadState.INTERRUPTED.value, "changed_at": datetime.now(UTC)}
        with self._database.writing() as connection:
            return connection.execute(update(uploads).where(reading).values(**values)).rowcount


def new_id() -> str:
    """32 hexadecimal digits."""
    return uuid4().hex


def _upload(row: Row[Any]) -> Upload:
    return Upload(
        id=row.id,
        name=row.name,
        bytes=row.bytes,
        account=row.account,
        created_at=in_utc(row.created_at),
        changed_at=in_utc(row.changed_at),
        state=UploadState(row.state),
        facts=row.facts,
        message=row.message,
    )
