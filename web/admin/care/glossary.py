"""/admin/glossary: an office's own entries: lay words, and the terms that documents print for them.

An entry is seen at work before it is kept: on one question at once, on the evaluation after half a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Protocol, runtime_checkable

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from filelock import Timeout

from assistant.answers import Answer
from assistant.glossary import LONGEST, GlossaryError
from web.admin.administration import Administration
from web.admin.care.entries import Entry, NotAnEntry, lay_words, printed_terms, with_entry
from web.admin.care.glossary_file import ChangedMeanwhile, GlossaryFile, Terms, fingerprint
from web.admin.care.trials import TRIAL_STATES, UNREADABLE, TrialPages
from web.admin.frame import Frame, session_of
from web.admin.wording import moment
from web.asking import Answering, Asked, Desk
from web.pages.turns import TurnView, turn_view
from web.store.audit import Action
from web.store.conversations import UnknownAnswer
from web.store.trials import TrialUnderWay
from web.wording import WordingError, clean_question


@runtime_checkable
class Retermed(Protocol):
    """An assistant that can answer with other entries. assistant.pipeline.Assistant is one."""

    @property
    def own_terms(self) -> Terms: ...
    def with_own_terms(self, own: Terms) -> Answering: ...


@dataclass(frozen=True, slots=True)
class Sides:
    """A question answered with the entries that serve, and with those that would."""

    before: TurnView
    after: TurnView
    is_same: bool
    unprinted: tuple[str, ...]


def glossary_router(frame: Frame, desk: Desk, administration: Administration) -> APIRouter:
    """The list, the form, a page a trial."""
    router, pages, trials = (
        frame.router(),
        GlossaryPages(frame, desk, administration),
        TrialPages(frame, administration),
    )
    _listing(router, pages)
    _forming(router, pages, trials)
    _trying(router, trials)
    return router


def _listing(router: APIRouter, pages: GlossaryPages) -> None:
    @router.get("/glossary")
    def glossary(request: Request) -> Response:
        return pages.list(request)

    @router.post("/glossary/delete")
    def delete(request: Request, word: Annotated[str, Form()] = "") -> Response:
        return pages.delete(request, word)

    @router.post("/glossary/undo")
    def undo(request: Request) -> Response:
        return pages.undo(request)


def _forming(router: APIRouter, pages: GlossaryPages, trials: TrialPages) -> None:
    @router.get("/glossary/new")
    def new(request: Request, answer: str = "", key: str = "") -> Response:
        return pages.form(request, pages.entry_of(answer, key))

    @router.post("/glossary/new")
    def act(
        request: Request,
        words: Annotated[str, Form()] = "",
        terms: Annotated[str, Form()] = "",
        question: Annotated[str, Form()] = "",
        key: Annotated[str, Form()] = "",
        do: Annotated[str, Form()] = "",
    ) -> Response:
        entry = Entry(words, terms, question, key)
        return pages.begin(request, entry, trials) if do == "try" else pages.preview(request, entry)


def _trying(router: APIRouter, trials: TrialPages) -> None:
    @router.get("/glossary/trials/{trial_id}")
    def trial(request: Request, trial_id: str) -> Response:
        return trials.show(request, trials.find(trial_id))

    @router.post("/glossary/trials/{trial_id}/cancel")
    def cancel(trial_id: str) -> Response:
        return trials.cancel(trials.find(trial_id))

    @router.post("/glossary/trials/{trial_id}/keep")
    def keep(request: Request, trial_id: str, reason: Annotated[str, Form()] = "") -> Response:
        return trials.keep(request, trials.find(trial_id), " ".join(reason.split()))


class GlossaryPages:
    """The pages of the glossary."""

    def __init__(self, frame: Frame, desk: Desk, administration: Administration) -> None:
        self._frame, self._store, self._desk = frame, frame.store, desk
        self._file = GlossaryFile(administration.home)

    def list(self, request: Request, refused: str = "") -> Response:
        damaged, own = "", dict[str, tuple[str, ...]]()
        try:
            own.update(self._file.read())
        except GlossaryError as error:
            damaged = str(error)
        assistant = self._desk.assistant
        values = {
            "own": own,
            "damaged": damaged,
            "is_served": not isinstance(assistant, Retermed) or dict(assistant.own_terms) == own,
            "can_undo": self._file.previous() is not None,
            "trials": self._store.trials.latest(),
            "states": TRIAL_STATES,
            "refused": refused,
            "moment": moment,
        }
        return self._frame.page(request, "admin/glossary.html", values, 422 if refused else 200)

    def delete(self, request: Request, word: str) -> Response:
        try:
            own = self._file.read()
            if word in own:
                left = {each: terms for each, terms in own.items() if each != word}
                self._file.write(left, fingerprint(own))
                self._record(request, Action.TERM_REMOVED, f"{word} = {'、'.join(own[word])}")
        except ChangedMeanwhile:
            return self.list(request, "词表刚刚由别人改过，请核对后再删除。")
        except (GlossaryError, OSError, Timeout):
            return self.list(request, UNREADABLE)
        return RedirectResponse("/admin/glossary", 303)

    def undo(self, request: Request) -> Response:
        try:
            done = self._file.undo()
        except (OSError, Timeout):
            return self.list(request, UNREADABLE)
        if not done:
            return self.list(request, "没有可以撤销的更改。")
        self._record(request, Action.TERMS_UNDONE, "改回上一次更改之前的词表")
        return RedirectResponse("/admin/glossary", 303)

    def entry_of(self, answer_id: str, key: str) -> Entry:
        """The form for a question of the queue."""
        try:
            _, turns = self._store.conversations.turns_to(answer_id)
        except UnknownAnswer:
            return Entry(key=key)
        return Entry(question=turns[-1].said.question, key=key)

    def form(self, request: Request, entry: Entry, sides: Sides | None = None, refused: str = "") -> Response:
        values = {"entry": entry, "sides": sides, "refused": refused, "longest": LONGEST}
        return self._frame.page(request, "admin/glossary_new.html", values, 422 if refused else 200)

    def preview(self, request: Request, entry: Entry) -> Response:
        """One question with the entries that serve, beside those that would."""
        try:
            words, terms = lay_words(entry.words), printed_terms(entry.terms)
            question = clean_question(entry.question)
            own = self._file.read()
        except (NotAnEntry, WordingError, GlossaryError) as error:
            return self.form(request, entry, refused=str(error))
        return self.form(request, entry, self._sides(question, own, with_entry(own, words, terms), terms))

    def begin(self, request: Request, entry: Entry, trials: TrialPages) -> Response:
        """Begin to evaluate."""
        try:
            return trials.begin(request, entry)
        except TrialUnderWay as error:
            return self.form(request, entry, refused=f"{error}。")
        except (NotAnEntry, WordingError, GlossaryError) as error:
            return self.form(request, entry, refused=str(error))

    def _record(self, request: Request, action: Action, detail: str) -> None:
        self._store.audit.record(session_of(request).account, action, detail)

    def _sides(self, question: str, own: Terms, fresh: Terms, terms: tuple[str, ...]) -> Sides | None:
        """None where the assistant knows no glossary."""
        assistant = self._desk.assistant
        if not isinstance(assistant, Retermed):
            return None
        before, after = (assistant.with_own_terms(each).ask(question) for each in (own, fresh))
        texts = [document.text for document in assistant.library]
        unprinted = tuple(term for term in terms if not any(term in text for text in texts))
        is_same = (before.finding, before.citations) == (after.finding, after.citations)
        return Sides(self._view(before), self._view(after), is_same, unprinted)

    def _view(self, answer: Answer) -> TurnView:
        version = self._desk.assistant.index_version
        return turn_view(Asked(answer, "", "", version, 0.0), self._desk.assistant.library, version)
