"""Whether the server can do what it is for: the index answers a question, and the database answers too."""

from __future__ import annotations

import logging

from web.asking import Answering, Desk
from web.problems import Problem

FIRST_QUESTION = "养老机构内设医务室至少配几名医生？"
"""Asked before the first visitor does, who would wait a tenth of a second longer for tables and templates to load."""
_log = logging.getLogger(__name__)


def warm(assistant: Answering) -> None:
    """Work out what the first question and the first document page would have to wait for. Raises what they would."""
    assistant.ask(FIRST_QUESTION)
    _ = assistant.library.links, assistant.library.validity


class Readiness:
    """Asks the index until it has answered once, for it does not change; the database every time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._has_answered = False

    def check(self) -> None:
        """Raises Problem (not_ready), or sqlalchemy's error where the database does not answer."""
        self._desk.store.ping()
        if self._has_answered:
            return
        try:
            self._desk.assistant.ask(FIRST_QUESTION)
        except Exception as error:  # the outer boundary: whatever is wrong, the server is not ready
            _log.exception("the index does not answer")
            raise Problem("not_ready", headers={"Retry-After": "5"}) from error
        self._has_answered = True
