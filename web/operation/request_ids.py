"""The id of a request: in its response, in its log lines, in the problem it ends in. A clerk can read one out."""

from __future__ import annotations

import re
import secrets

from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

HEADER = "x-request-id"
_FIELD = "request_id"
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Those that nobody takes for another: without 0 and o, 1, i and l."""
_GROUPS, _LONG = 3, 4
# What a gateway in front may send: a UUID, a ULID, its own counter.
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


def new_id() -> str:
    """Three groups of four, 59 bits: 7qk3-9ftm-2xhd."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_LONG)) for _ in range(_GROUPS))


def take_id(offered: str | None) -> str:
    """The id of the request that begins: the one offered where it is well formed, else a new one."""
    request_id = offered if offered and _WELL_FORMED.fullmatch(offered) else new_id()
    clear_contextvars()
    bind_contextvars(**{_FIELD: request_id})
    return request_id


def current_id() -> str:
    """The id of the request being answered here; empty outside of one."""
    return str(get_contextvars().get(_FIELD, ""))
