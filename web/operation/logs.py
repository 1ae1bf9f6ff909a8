"""Logs to standard error: one JSON object a line, or plain lines for a person at a terminal.

What the program, uvicorn, SQLAlchemy and `warnings` say takes the same form. No question, answer or address is logged
unless somebody asks for addresses; the values of local variables stay out of tracebacks.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Literal

import structlog
from structlog.stdlib import ProcessorFormatter

if TYPE_CHECKING:
    from structlog.typing import Processor

LogForm = Literal["auto", "json", "console"]
"""auto: console at a terminal, else JSON."""


def set_up_logs(form: LogForm) -> None:
    """Everything from here on goes to standard error in this form. May be called again."""
    at_terminal = sys.stderr.isatty()
    as_json = form == "json" or (form == "auto" and not at_terminal)
    structlog.configure(
        processors=[*_SHARED, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[ProcessorFormatter.remove_processors_meta, *(_JSON if as_json else _console(at_terminal))],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("web").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
_JSON: list[Processor] = [
    structlog.processors.EventRenamer("message"),
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
]


def _console(with_colours: bool) -> list[Processor]:
    return [
        structlog.dev.ConsoleRenderer(
            colors=with_colours, exception_formatter=structlog.dev.plain_traceback, sort_keys=False
        )
    ]
