"""/admin/keys: keys of programs. A new one's token is in the answer to the form, and nowhere afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from web.admin.frame import Frame, session_of
from web.admin.wording import moment
from web.problems import Problem
from web.store.audit import Action
from web.store.keys import LONGEST_NAME, PER_MINUTE, SCOPES, InvalidKey, Key, Standing, UnknownKey

STANDINGS: Mapping[Standing, str] = {"valid": "有效", "expired": "已过期", "revoked": "已停用"}
_USUAL = ("ask", "search", "documents")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key as it stands in the form."""

    name: str = ""
    scopes: tuple[str, ...] = _USUAL
    expires_on: str = ""
    per_minute: str = str(PER_MINUTE)
    per_day: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A key as it is listed."""

    key: Key
    standing: Standing
    today: int


def keys_router(frame: Frame) -> APIRouter:
    """The list, making and revoking."""
    router, page = frame.router(), KeysPage(frame)

    @router.get("/keys")
    def keys(request: Request) -> Response:
        return page.show(request)

    @router.post("/keys")
    def create(
        request: Request,
        name: Annotated[str, Form()] = "",
        scopes: Annotated[list[str] | None, Form()] = None,
        expires_on: Annotated[str, Form()] = "",
        per_minute: Annotated[str, Form()] = "",
        per_day: Annotated[str, Form()] = "",
    ) -> Response:
        return page.create(request, Wanted(name.strip(), tuple(scopes or ()), expires_on, per_minute, per_day))

    @router.post("/keys/{key_id}/revoke")
    def revoke(request: Request, key_id: str) -> Response:
        return page.revoke(request, key_id)

    return router


class KeysPage:
    """The page of keys."""

    def __init__(self, frame: Frame) -> None:
        self._frame, self._keys, self._audit = frame, frame.store.keys, frame.store.audit

    def show(
        self, request: Request, wanted: Wanted | None = None, refused: str = "", made: tuple[Key, str] | None = None
    ) -> Response:
        today = self._keys.today()
        values = {
            "rows": [
                Row(key, key.standing(today), self._keys.usage(key.key_id, 1)[0].requests) for key in self._keys.all()
            ],
            "wanted": wanted or Wanted(),
            "refused": refused,
            "made": made,
            "scopes": SCOPES,
            "standings": STANDINGS,
            "today": today,
            "longest": LONGEST_NAME,
            "moment": moment,
        }
        return self._frame.page(request, "admin/keys.html", values, 422 if refused else 200)

    def create(self, request: Request, wanted: Wanted) -> Response:
        """Shown in the answer itself: a redirect would have to keep the token somewhere."""
        try:
            self._insist_on_other_name(wanted.name)
            per_minute = _number(wanted.per_minute, "每分钟次数")
            key, token = self._keys.create(
                wanted.name,
                wanted.scopes,
                _day(wanted.expires_on),
                PER_MINUTE if per_minute is None else per_minute,
                _number(wanted.per_day, "每日次数"),
            )
        except InvalidKey as error:
            return self.show(request, wanted, str(error))
        until = f"有效期至 {key.expires_on}" if key.expires_on else "长期有效"
        detail = f"{key.name}（{key.key_id}）：{'、'.join(key.scopes)}，{until}"
        self._audit.record(session_of(request).account, Action.KEY_MADE, detail)
        return self.show(request, made=(key, token))

    def revoke(self, request: Request, key_id: str) -> Response:
        try:
            was = self._keys.find(key_id).revoked_at
            key = self._keys.revoke(key_id)
        except UnknownKey:
            raise Problem("not_found", "没有这个编号的密钥，请从密钥列表进入。") from None
        if was is None:
            self._audit.record(session_of(request).account, Action.KEY_REVOKED, f"{key.name}（{key.key_id}）")
        return RedirectResponse("/admin/keys", 303)

    def _insist_on_other_name(self, name: str) -> None:
        """A page that is loaded again sends its form again: that must not make a second key unseen. Raises
        InvalidKey."""
        today = self._keys.today()
        if any(key.name == name and key.standing(today) == "valid" for key in self._keys.all()):
            raise InvalidKey("已有同名的有效密钥（刷新页面也会再次提交）。请换一个名称，或先停用原来的。")


def _day(written: str) -> date | None:
    """Raises InvalidKey."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise InvalidKey("有效期请填日期，如 2030-12-31；不填则长期有效。") from None


def _number(written: str, name: str) -> int | None:
    """Raises InvalidKey."""
    digits = written.strip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 12):
        raise InvalidKey(f"{name}请填整数。")
    return int(digits)
