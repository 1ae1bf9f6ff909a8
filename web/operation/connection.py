"""A connection as uvicorn serves it, with what it leaves open bounded: how large the head of a request may be, and how
long it and the body may take to come. Behind a proxy the proxy sees to that; without one, nobody would."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 64 * 1024
"""Bytes of a request before its body: the address and all headers. What one read brings may be on top."""
PATIENCE = 20.0
"""Seconds from the connection, or from the first byte of a further request, until its head is there; and in which a
body must bring something worth waiting for."""
SLOWEST = 500
"""Bytes a second of a body, below the slowest mobile line: what Apache's mod_reqtimeout asks for by default."""


class BoundedConnection(HttpToolsProtocol):
    """Whoever sends a request without end, or none, holds neither memory nor a place for long.

    httptools has no limit of its own, and uvicorn joins an address piece by piece: 200 MB of it stood the server still.
    """

    _in_head, _has_ended, _head, _body = True, False, 0, 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._has_ended = False
        self._body += len(data)
        super().data_received(data)
        if not self._in_head or self._has_ended or self.transport.is_closing():
            return
        self._head += len(data)
        if self._head > LARGEST_HEAD:
            self.send_400_response("Request head too large.")
        elif self._timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_waiting()
        self._await_body()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes next is a head; of one that begins in the same piece, only what follows is counted."""
        self._in_head, self._has_ended, self._head = True, True, 0
        self._stop_waiting()
        super().on_message_complete()

    def _await_head(self) -> None:
        self._timer = self.loop.call_later(PATIENCE, self._give_up)

    def _await_body(self) -> None:
        self._body = 0
        self._timer = self.loop.call_later(PATIENCE, self._look_at_body)

    def _look_at_body(self) -> None:
        """What the program has not taken yet is not asked for: then it is not the sender who is slow."""
        if self._body < SLOWEST * PATIENCE and not self.flow.read_paused:
            self._give_up()
        else:
            self._await_body()

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
