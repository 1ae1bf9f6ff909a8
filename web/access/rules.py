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

    scope       the permission that a key needs; None where any key will do
    is_dear     whether it takes as long as an answer does
    recalls_by  the field in the address by which a page answers earlier questions again, which is as dear
    by_pages    whether the pages call it by their scripts, or lead to it
    """

    path: str
    ground: Ground
    scope: str | None = None
    is_dear: bool = False
    recalls_by: str | None = None
    by_pages: bool = False


PAGES = Rule("", Ground.PAGE)
FILES = ("csv", "xlsx", "ics")
"""Forms in which the ledger is taken away."""
_RULES = (
    Rule("/api/v1/ask", Ground.PROGRAM, "ask", is_dear=True),
    Rule("/api/v1/ask/batch", Ground.PROGRAM, "batch", is_dear=True),
    Rule("/api/v1/suggestions", Ground.PROGRAM, "ask", by_pages=True),
    Rule("/api/v1/feedback", Ground.PROGRAM, "ask", by_pages=True),
    Rule("/api/v1/search", Ground.PROGRAM, "search", is_dear=True),
    Rule("/api/v1/documents", Ground.PROGRAM, "documents", by_pages=True),
    Rule("/api/v1/references", Ground.PROGRAM, "documents"),
    Rule("/api/v1/requirements", Ground.PROGRAM, "documents"),
    *(Rule(f"/api/v1/requirements.{form}", Ground.PROGRAM, "documents", is_dear=True) for form in FILES),
    Rule("/api/v1/verify", Ground.PROGRAM, "documents"),
    Rule("/api/v1/export", Ground.PROGRAM, "export", is_dear=True),
    Rule("/api", Ground.PROGRAM),
    Rule("/v1/chat/completions", Ground.PROGRAM, "ask", is_dear=True),
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
    Rule("/", Ground.PAGE, recalls_by="c"),
    Rule("/ask", Ground.PAGE, is_dear=True),
    Rule("/answers", Ground.PAGE, is_dear=True),
    Rule("/compare", Ground.PAGE, is_dear=True),
    *(Rule(f"/ledger.{form}", Ground.PAGE, is_dear=True) for form in FILES),
)
RULES = {rule.path: rule for rule in _RULES}


def rule_of(path: str) -> Rule:
    """The rule of an address as it is routed: that of the longest path above it, or that of pages."""
    while path:
        if (rule := RULES.get(path)) is not None:
            return rule
        path = path.rpartition("/")[0]
    return PAGES
