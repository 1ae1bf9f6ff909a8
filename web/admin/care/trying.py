"""Evaluating entries of the glossary that are tried out: `python -m eval glossary` in a process of its own."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from web.admin.care.glossary_file import Terms, as_toml
from web.admin.work.children import Child, ChildFailed, GivenUp, run_child
from web.store.trials import Trials, TrialState

QUESTIONS: tuple[str, ...] = ()
"""Options that say which questions are asked besides the office's own; none: the suite's."""
_EVALUATING = 1800
"""Seconds that it may take at most."""
_GATE_FAILED = 1
_SAID_EVERY = 1.0
"""Seconds between two looks at whether it was cancelled, which also say that it is still evaluated."""

log = logging.getLogger(__name__)


class Trying:
    """Evaluates trials over a home, each in a thread that ends with it."""

    def __init__(self, home: Path, trials: Trials) -> None:
        self._home, self._trials = home, trials

    def begin(self, trial_id: str, own: Terms) -> None:
        """own: the entries that would serve."""
        threading.Thread(target=self._run, args=(trial_id, own), name="trial", daemon=True).start()

    def _run(self, trial_id: str, own: Terms) -> None:
        """The outer boundary of the thread."""
        folder = self._home / "trials"
        candidate, target = folder / f"{trial_id}.toml", folder / f"{trial_id}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            candidate.write_text(as_toml(own), "utf-8")
            scores = self._evaluated(trial_id, candidate.resolve(), target.resolve())
            self._trials.move(trial_id, TrialState.RUNNING, TrialState.READY, scores=scores)
        except GivenUp:
            pass  # it says so already
        except ChildFailed as failure:
            log.warning("trial %s: %s", trial_id, failure.complaints)
            self._fail(trial_id, failure.complaints.strip() or str(failure))
        except Exception:
            log.exception("trial %s failed", trial_id)
            self._fail(trial_id, "评测未能完成，原因见服务器日志")
        finally:
            candidate.unlink(missing_ok=True)
            target.unlink(missing_ok=True)

    def _evaluated(self, trial_id: str, candidate: Path, target: Path) -> dict[str, Any]:
        own_questions = ("--also", str((self._home / "gold.jsonl").resolve()))
        out = ("--json", str(target), "--progress", "--home", str(self._home.resolve()))
        child = Child(
            ("eval", "glossary", str(candidate), *own_questions, *QUESTIONS, *out),
            _EVALUATING,
            passes=(0, _GATE_FAILED),
        )

        def tell(stage: str, done: int, total: int) -> None:
            self._trials.note(trial_id, stage, done, total)

        run_child(child, tell, self._still_wanted(trial_id))
        if not target.exists():
            raise ChildFailed("评测没有得到结果")
        scores: dict[str, Any] = json.loads(target.read_text("utf-8"))
        return scores

    def _still_wanted(self, trial_id: str) -> Callable[[], bool]:
        last = 0.0

        def is_wanted() -> bool:
            nonlocal last
            if monotonic() - last < _SAID_EVERY:
                return True
            last = monotonic()
            return self._trials.goes_on(trial_id)

        return is_wanted

    def _fail(self, trial_id: str, message: str) -> None:
        self._trials.move(trial_id, TrialState.RUNNING, TrialState.FAILED, message=message[-2000:])
