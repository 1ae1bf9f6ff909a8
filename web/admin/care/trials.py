"""/admin/glossary/trials: entries while they are evaluated, what that measured, and keeping them."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from filelock import Timeout

from assistant.glossary import GlossaryError, parse_own
from web.admin.administration import Administration
from web.admin.care.entries import Entry, lay_words, printed_terms, with_entry
from web.admin.care.glossary_file import ChangedMeanwhile, GlossaryFile, as_toml, fingerprint
from web.admin.care.trying import Trying
from web.admin.frame import Frame, session_of
from web.admin.publications import LONGEST_REASON, SHORTEST_REASON
from web.admin.wording import moment
from web.problems import Problem
from web.store.audit import Action
from web.store.queue import Decision, is_key
from web.store.trials import Trial, TrialState, UnknownTrial

TRIAL_STATES: Mapping[TrialState, str] = {
    TrialState.RUNNING: "评测中",
    TrialState.READY: "评测完成",
    TrialState.FAILED: "评测失败",
    TrialState.CANCELLED: "已取消",
    TrialState.KEPT: "已保存",
    TrialState.INTERRUPTED: "中断",
}
UNREADABLE = "词表文件读不出来或写不进去，没有保存，请联系系统管理员。"


class TrialPages:
    """The pages of trials."""

    def __init__(self, frame: Frame, administration: Administration) -> None:
        self._frame, self._store, self._trials = frame, frame.store, frame.store.trials
        self._file = GlossaryFile(administration.home)
        self._trying = Trying(administration.home, frame.store.trials)

    def begin(self, request: Request, entry: Entry) -> Response:
        """Begin to evaluate. Raises TrialUnderWay, NotAnEntry, WordingError, GlossaryError."""
        words, terms = lay_words(entry.words), printed_terms(entry.terms)
        own = self._file.read()
        fresh = with_entry(own, words, terms)
        parse_own(as_toml(fresh))
        key = entry.key if is_key(entry.key) else ""
        trial_id = self._trials.add(session_of(request).account, words, terms, fingerprint(own), key)
        self._trying.begin(trial_id, fresh)
        return RedirectResponse(f"/admin/glossary/trials/{trial_id}", 303)

    def cancel(self, trial: Trial) -> Response:
        self._trials.move(trial.id, TrialState.RUNNING, TrialState.CANCELLED)
        return RedirectResponse(f"/admin/glossary/trials/{trial.id}", 303)

    def find(self, trial_id: str) -> Trial:
        """Raises Problem."""
        try:
            return self._trials.get(trial_id)
        except UnknownTrial:
            raise Problem("not_found", "没有这次评测，请从词汇列表进入。") from None

    def show(self, request: Request, trial: Trial, refused: str = "", reason: str = "") -> Response:
        values = {
            "trial": trial,
            "states": TRIAL_STATES,
            "is_working": trial.state is TrialState.RUNNING,
            "fallen": {each["name"] for each in trial.scores.get("falls", ())},
            "needs_reason": _needs_reason(trial),
            "refused": refused,
            "reason": reason,
            "longest_reason": LONGEST_REASON,
            "moment": moment,
        }
        return self._frame.page(request, "admin/glossary_trial.html", values, 422 if refused else 200)

    def keep(self, request: Request, trial: Trial, reason: str) -> Response:
        """Keep the entries: as they passed the gate, or with a reason, which is logged."""
        if trial.state not in (TrialState.READY, TrialState.FAILED):
            return self.show(request, trial, "这次评测没有完成，或词条已经保存，请核对现在的状态。", reason)
        if _needs_reason(trial) and not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
            why = f"请写明理由（{SHORTEST_REASON} 至 {LONGEST_REASON} 字），它会记入操作记录。"
            return self.show(request, trial, why, reason)
        try:
            own = self._file.read()
            self._file.write(with_entry(own, trial.words, trial.terms), trial.made_from)
        except ChangedMeanwhile:
            return self.show(request, trial, "词表在评测之后又有更改，这次的结果已不适用，请重新评测。", reason)
        except (GlossaryError, OSError, Timeout):
            return self.show(request, trial, UNREADABLE, reason)
        self._trials.move(trial.id, trial.state, TrialState.KEPT)
        self._note(request, trial, reason)
        return RedirectResponse("/admin/glossary", 303)

    def _note(self, request: Request, trial: Trial, reason: str) -> None:
        detail = f"{'、'.join(trial.words)} = {'、'.join(trial.terms)}"
        if _needs_reason(trial):
            self._record(request, Action.TERMS_FORCED, f"{detail}；{_told(trial)}；理由：{reason}")
        else:
            self._record(request, Action.TERMS_CHANGED, detail)
        if trial.question:
            self._store.queue.mark(trial.question, Decision.GLOSSARY, session_of(request).account)

    def _record(self, request: Request, action: Action, detail: str) -> None:
        self._store.audit.record(session_of(request).account, action, detail)


def _needs_reason(trial: Trial) -> bool:
    return trial.state is TrialState.FAILED or bool(trial.scores.get("falls"))


def _told(trial: Trial) -> str:
    """«首条命中由 88.5% 变为 87.1%», or that it could not be measured."""
    if trial.state is TrialState.FAILED:
        return f"评测未能完成：{trial.message}"
    falls = (f"{each['name']}由 {each['serving']:.1%} 变为 {each['candidate']:.1%}" for each in trial.scores["falls"])
    return "；".join(falls)
