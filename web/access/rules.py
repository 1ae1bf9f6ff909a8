"""Which address needs which permission: the one table of it, for requests and for the OpenAPI document alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Ground(Enum):
    """What kind of place an address is."""

    FREE = "free"
    """Open to all, never counted: health, static files, callbacks that are signed."""
    FOYER = "foyer"
    """A page that stays open where nothing else does: how to get in."""
    PAGE = "page"
    PROGRAM = "program"
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for an address and all below it.

    scope     the permission that a key needs; None where any key will do
    is_asked  whether a question is answered, which is dear
    by_pages  whether the pages call it by their scripts, or lead to it
    """

    path: str
    ground: Ground
    scope: str | None = None
    is_asked: bool = False
    by_pages: bool = False


PAGES = Rule("", Ground.PAGE)
_RULES = (
    Rule("/api/v1/ask", Ground.PROGRAM, "ask", is_asked=True),
    Rule("/api/v1/ask/batch", Ground.PROGRAM, "batch", is_asked=True),
    Rule("/api/v1/suggestions", Ground.PROGRAM, "ask", by_pages=True),
    Rule("/api/v1/feedback", Ground.PROGRAM, "ask", by_pages=True),
    Rule("/api/v1/search", Ground.PROGRAM, "search", is_asked=True),
    Rule("/api/v1/documents", Ground.PROGRAM, "documents", by_pages=True),
    Rule("/api/v1/references", Ground.PROGRAM, "documents"),
    Rule("/api/v1/requirements", Ground.PROGRAM, "documents"),
    *(Rule(f"/api/v1/requirements.{kind}", Ground.PROGRAM, "documents") for kind in ("csv", "xlsx", "ics")),
    Rule("/api/v1/verify", Ground.PROGRAM, "documents"),
    Rule("/api/v1/export", Ground.PROGRAM, "export"),
    Rule("/api", Ground.PROGRAM),
    Rule("/v1/chat/completions", Ground.PROGRAM, "ask", is_asked=True),
    Rule("/v1/models", Ground.PROGRAM),
    Rule("/v1", Ground.PROGRAM),
    Rule("/metrics", Ground.METRICS, "metrics"),
    Rule("/healthz", Ground.FREE),
    Rule("/readyz", Ground.FREE),
    Rule("/static", Ground.FREE),
    Rule("/wechat", Ground.FREE),
    Rule("/docs", Ground.FOYER),
    Rule("/openapi.json", Ground.FOYER),
    Rule("/admin", Ground.FOYER),  # has a login of its own
    Rule("/appearance", Ground.FOYER),
    Rule("/ask", Ground.PAGE, is_asked=True),
    Rule("/compare", Ground.PAGE, is_asked=True),
)
RULES = {rule.path: rule for rule in _RULES}


def rule_of(path: str) -> Rule:
    """The rule of an address as it is routed: that of the longest path above it, or that of pages."""
    while path:
        if (rule := RULES.get(path)) is not None:
            return rule
        path = path.rpartition("/")[0]
    return PAGES
