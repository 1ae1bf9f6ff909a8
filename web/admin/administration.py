"""What the pages behind the login need beside one library. Made once a server; outlives reloads of the app."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from web.admin.work.workshop import Workshop
from web.store import Store
from web.store.secret import server_secret


@dataclass(frozen=True)
class Administration:
    """home: the data directory; secret: what forms are signed with; workshop: what reads and publishes."""

    home: Path
    secret: bytes
    workshop: Workshop

    def start(self) -> None:
        """Begin to work: first what was cut off, then what waits."""
        self.workshop.start()

    def close(self) -> None:
        """Stop working; what is being done is found as cut off at the next start."""
        self.workshop.close()


def administration_of(home: Path, store: Store, encoder: str = "", gold: Path | None = None) -> Administration:
    """The administration of a home. gold: the questions of the gate, None for the suite's own. Raises SecretError."""
    return Administration(home, server_secret(home), Workshop(home, store, encoder, gold))
