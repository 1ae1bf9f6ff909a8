"""/admin/gold: an office's own gold questions, which `python -m eval --gold HOME/gold.jsonl` scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from filelock import Timeout
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from assistant.answers import Filters
from corpus.library import Library
from web import links
from web.admin.administration import Administration
from web.admin.care.gold_file import NAME, GoldFile
from web.admin.care.gold_items import EXPECTED, TYPES, Draft, NotSound, draft_of, record_of
from web.admin.frame import Frame, session_of
from web.asking import Desk
from web.problems import Problem, echo
from web.store.audit import Action
from web.store.conversations import UnknownAnswer
from web.store.queue import Decision, is_key, key_of
from web.wording import WordingError, clean_question

_FOUND = 10
"""Provisions offered to choose from."""
_UNWRITABLE = "服务器上的题目文件读不出来或写不进去，没有保存，请联系系统管理员。"


@dataclass(frozen=True, slots=True)
class Offered:
    """A provision to choose from. value: «document_id#article_id»."""

    value: str
    title: str
    label: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A gold question as it is listed. articles: (label with the document's title, address); «» where it is gone."""

    id: str
    turns: tuple[str, ...]
    type: str
    expected: str
    articles: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    note: str


def gold_router(frame: Frame, desk: Desk, administration: Administration) -> APIRouter:
    """The list, the form, and the file itself."""
    router, gold = frame.router(), Gold(frame, desk, GoldFile(administration.home))

    @router.get("/gold")
    def items(request: Request) -> Response:
        return gold.list(request)

    @router.get("/gold/file")
    def file() -> Response:
        return gold.download()

    @router.get("/gold/new")
    def new(request: Request, answer: str = "", key: str = "") -> Response:
        draft = gold.draft_of(answer)
        return gold.form(request, draft, draft.question, key)

    @router.post("/gold/new")
    async def act(request: Request) -> Response:
        form = await request.form()
        return await run_in_threadpool(gold.act, request, form)

    @router.post("/gold/{own_id}/delete")
    def delete(request: Request, own_id: str) -> Response:
        return gold.delete(request, own_id)

    return router


class Gold:
    """The pages of gold questions."""

    def __init__(self, frame: Frame, desk: Desk, file: GoldFile) -> None:
        self._frame, self._store, self._desk, self._file = frame, frame.store, desk, file

    def list(self, request: Request, refused: str = "") -> Response:
        try:
            lines = self._file.lines()
        except (OSError, ValueError):
            lines, refused = (), _UNWRITABLE
        library = self._desk.assistant.library
        values = {
            "items": [_item(each.record, library) for each in reversed(lines) if each.record is not None],
            "faulty": [each.number for each in lines if each.record is None],
            "name": NAME,
            "refused": refused,
        }
        return self._frame.page(request, "admin/gold.html", values, 422 if refused else 200)

    def download(self) -> Response:
        try:
            content = self._file.path.read_bytes()
        except OSError:
            raise Problem("not_found", "还没有题目可以下载。") from None
        headers = {"content-disposition": f'attachment; filename="{NAME}"', "cache-control": "private, no-store"}
        return Response(content, media_type="application/x-ndjson", headers=headers)

    def draft_of(self, answer_id: str) -> Draft:
        """The form for an answer, with the turns before it where it was a follow-up; an empty one for any other."""
        try:
            _, turns = self._store.conversations.turns_to(answer_id)
        except UnknownAnswer:
            return Draft()
        asked = self._desk.answered(answer_id).answer
        leans = key_of(asked.question) != key_of(asked.interpreted_question)
        said = [turn.question for turn in turns] if leans else [asked.question]
        return draft_of(said, asked.status, asked.question_type)

    def form(self, request: Request, draft: Draft, sought: str, key: str, refused: str = "") -> Response:
        library = self._desk.assistant.library
        values = {
            "draft": draft,
            "sought": sought,
            "key": key,
            "chosen": [*_offered(draft.articles, library)],
            "found": [each for each in self._search(sought) if each.value not in draft.articles],
            "documents": [(each.document_id, each.metadata.title) for each in library],
            "types": TYPES,
            "expected": EXPECTED,
            "refused": refused,
        }
        return self._frame.page(request, "admin/gold_new.html", values, 422 if refused else 200)

    def act(self, request: Request, form: FormData) -> Response:
        """Search, add an article by its number, or keep the question."""
        said = {name: str(form.get(name) or "") for name in ("do", "sought", "key", "document", "article")}
        draft, sought, key = Draft.of_form(form), said["sought"][:500], said["key"]
        match said["do"]:
            case "save":
                return self._save(request, draft, sought, key)
            case "add":
                printed = f"{said['document']}#{said['article'].strip()}"
                if not [*_offered((printed,), self._desk.assistant.library)]:
                    why = f"「{echo(said['document'])}」中没有条目「{echo(said['article'])}」。"
                    return self.form(request, draft, sought, key, why)
                return self.form(
                    request, replace(draft, articles=tuple(dict.fromkeys((*draft.articles, printed)))), sought, key
                )
        return self.form(request, draft, sought, key)

    def delete(self, request: Request, own_id: str) -> Response:
        try:
            gone = self._file.remove(own_id)
        except (OSError, ValueError, Timeout):
            return self.list(request, _UNWRITABLE)
        if gone is not None:
            self._store.audit.record(session_of(request).account, Action.GOLD_REMOVED, own_id)
        return RedirectResponse("/admin/gold", 303)

    def _save(self, request: Request, draft: Draft, sought: str, key: str) -> Response:
        try:
            record = record_of(draft, self._desk.assistant.library)
        except NotSound as error:
            return self.form(request, draft, sought, key, str(error))
        try:
            own_id = self._file.add(record)
        except (OSError, ValueError, Timeout):
            return self.form(request, draft, sought, key, _UNWRITABLE)
        account = session_of(request).account
        self._store.audit.record(account, Action.GOLD_ADDED, own_id)
        if is_key(key):
            self._store.queue.mark(key, Decision.GOLD, account)
        return RedirectResponse("/admin/gold", 303)

    def _search(self, sought: str) -> Iterator[Offered]:
        """The provisions nearest to the words."""
        try:
            hits = self._desk.assistant.search(clean_question(sought), filters=Filters(), limit=_FOUND)
        except WordingError:
            return
        library = self._desk.assistant.library
        found = dict.fromkeys(f"{hit.citation.document_id}#{hit.citation.article_id}" for hit in hits)
        yield from _offered(tuple(found), library)


def _offered(articles: tuple[str, ...], library: Library) -> Iterator[Offered]:
    """Those that there are."""
    for printed in articles:
        document_id, _, article_id = printed.partition("#")
        if document_id not in library or not library.get(document_id).has(article_id):
            continue
        document = library.get(document_id)
        provision = document.find(article_id)
        title, text = document.metadata.title, document.whole_text(provision).strip()
        yield Offered(printed, title, provision.label, links.provision_url(document_id, article_id), text)


def _item(record: Any, library: Library) -> Item:
    """Whatever a hand has written into the file is shown as far as it can be."""
    gold = [each for each in _list(record.get("gold")) if isinstance(each, dict)]
    printed = [f"{each.get('doc')}#{each.get('article')}" for each in gold]
    return Item(
        id=record["id"],
        turns=tuple(map(str, _list(record["turns"]))) or (str(record["turns"]),),
        type=TYPES.get(str(record.get("type")), str(record.get("type"))),
        expected=EXPECTED.get(str(record.get("expect")), str(record.get("expect"))),
        articles=tuple(_place(each, library) for each in printed),
        words=tuple(map(str, [*_list(record.get("must_include")), *_list(record.get("must_include_any"))])),
        note=str(record.get("note") or ""),
    )


def _place(printed: str, library: Library) -> tuple[str, str]:
    found = next(_offered((printed,), library), None)
    return (f"《{found.title}》{found.label}", found.url) if found else (printed, "")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
