"""Whether a request is let in: by its key, by the page it comes from, and by how many came before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from anyio import Lock
from anyio.to_thread import run_sync
from cachetools import LRUCache
from fastapi import Request
from starlette.datastructures import Headers

from web.access.keyring import KeyRing
from web.access.rules import Ground, Rule
from web.access.settings import AccessSettings
from web.access.visitors import address_of, comes_from_elsewhere, comes_from_own_page, is_on_this_machine
from web.access.windows import Allowance, Windows
from web.problems import Problem
from web.store import Store
from web.store.keys import Key, Keys, UnknownKey

ATTEMPTS = 10
"""Wrong keys a minute that one address may show."""
READINGS = 5
"""Pages, hints and documents that an address may read for each question that it may ask, or file that it may take."""
_MOST_LOCKS = 10_000
_CHALLENGE = 'Bearer realm="yiyang"'


class Access:
    """What is known of those who ask. Outlives the app, which a new index replaces. Lives in one event loop."""

    def __init__(
        self, settings: AccessSettings, keys: Keys, windows: Windows, timer: Callable[[], float] = monotonic
    ) -> None:
        self.settings = settings
        self.keys, self.windows, self._ring = keys, windows, KeyRing(keys, timer)
        self._checking: LRUCache[str, Lock] = LRUCache(_MOST_LOCKS)

    async def admit(self, request: Request, rule: Rule) -> Admission:
        """Raises Problem where a request may not come in; sqlalchemy's errors where the database fails."""
        address = address_of(request.scope)
        token = None if rule.ground in (Ground.PAGE, Ground.FOYER) else _token(request.headers)
        if token is not None and not self._counts_as_none(token, rule):
            return await self._by_key(await self._key(token, address), rule)
        self._check_without_key(request, rule)
        if not self.settings.per_minute or rule.ground is Ground.METRICS:
            return Admission(self)
        is_dear = rule.is_dear or rule.recalls_by in request.query_params
        return await self._by_address(address, is_dear=is_dear)

    async def _by_key(self, key: Key, rule: Rule) -> Admission:
        if rule.scope is not None and rule.scope not in key.scopes:
            detail = f"这个密钥没有「{rule.scope}」权限，请向管理员申请。"
            challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{rule.scope}"'
            raise Problem("key_not_allowed", detail, headers={"WWW-Authenticate": challenge})
        admission = Admission(self, key=key)
        return await admission.taking(1)

    async def _by_address(self, address: str, *, is_dear: bool) -> Admission:
        per_minute = self.settings.per_minute
        name, most = ("asks", per_minute) if is_dear else ("reads", per_minute * READINGS)
        admission = Admission(self, window=f"{name}:{address}", per_minute=most)
        return await admission.taking(1)

    async def _key(self, token: str, address: str) -> Key:
        """The key, if it is valid. One that has been in use is let in however many wrong ones its address shows."""
        key = await self._ring.recognise(token) or await self._checked(token, address)
        match key.standing(self.keys.today()):
            case "revoked":
                raise _refused("key_revoked")
            case "expired":
                raise _refused("key_expired")
        return key

    async def _checked(self, token: str, address: str) -> Key:
        """One at a time for an address, so that none slips by while another is being found wrong."""
        window = f"attempts:{address}"
        async with self._checking.setdefault(address, Lock()):
            allowed = await self.windows.look(window, ATTEMPTS)
            if (key := await self._ring.recognise(token)) is not None:
                return key
            if not allowed.granted:
                raise _too_many("too_many_attempts", allowed, "密钥多次不正确")
            try:
                return await self._ring.check(token)
            except UnknownKey:
                await self.windows.take(window, ATTEMPTS)
                raise _refused("key_invalid") from None

    def _counts_as_none(self, token: str, rule: Rule) -> bool:
        """Clients of OpenAI's interface always send a key; where none is needed, one that is not ours is no key."""
        is_ours = token.startswith("yy_")
        return not is_ours and self.settings.anonymous == "all" and rule.path.startswith("/v1")

    def _check_without_key(self, request: Request, rule: Rule) -> None:
        """Raises Problem unless the rule's ground is open to this request without a key."""
        headers, anonymous = request.headers, self.settings.anonymous
        if rule.ground is Ground.METRICS:
            is_open = self.settings.metrics_for == "all" or is_on_this_machine(request.scope, headers)
        elif rule.ground is Ground.PROGRAM:
            is_open = anonymous == "all" or (anonymous == "pages" and rule.by_pages and comes_from_own_page(headers))
        else:
            is_open = anonymous != "none" or rule.ground is Ground.FOYER
        if not is_open:
            detail = "本服务只供持有密钥的程序使用，网页不对外开放。" if rule.ground is Ground.PAGE else ""
            raise Problem("key_required", detail, headers={"WWW-Authenticate": _CHALLENGE})
        is_sent = request.method == "POST" and (anonymous == "pages" or rule.ground is Ground.PAGE)
        if is_sent and comes_from_elsewhere(headers):  # its answer would put another cookie in place of the visitor's
            raise Problem("not_from_here")


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that was let in: by its key, or by its address; unlimited where there is neither.

    window, per_minute  what its address is counted under
    left                what is left of the limit that is nearest to its end
    """

    access: Access
    key: Key | None = None
    window: str = ""
    per_minute: int = 0
    left: Allowance | None = None

    async def taking(self, questions: int) -> Admission:
        """The same, with so many questions counted. Raises Problem where they are too many, and counts none."""
        if self.key is not None:
            return await self._of_key(self.key, questions)
        if not self.per_minute:
            return self
        left = await self.access.windows.take(self.window, self.per_minute, questions)
        if not left.granted:
            raise _too_many("too_many_requests", left, "请求过于频繁")
        return Admission(self.access, None, self.window, self.per_minute, left)

    async def _of_key(self, key: Key, questions: int) -> Admission:
        keys = self.access.keys
        left = await self.access.windows.take(f"key:{key.key_id}", key.per_minute, questions)
        if not left.granted:
            raise _too_many("too_many_requests", left, "请求过于频繁")
        total = await run_sync(keys.count, key, questions)
        if key.per_day is not None:
            remaining = 0 if total is None else key.per_day - total
            today = Allowance(key.per_day, remaining, keys.seconds_left_today(), granted=total is not None)
            if not today.granted:
                raise Problem("daily_quota_exceeded", headers={**headers_of(today), "Retry-After": str(today.reset)})
            left = min(left, today, key=lambda each: each.remaining)
        return Admission(self.access, key, left=left)


def open_access(settings: AccessSettings, store: Store) -> Access:
    """Access to what a store keeps keys for. Raises ValueError, in Chinese, where Redis cannot be spoken to."""
    return Access(settings, store.keys, Windows(settings.redis_url))


async def charge(request: Request, questions: int) -> None:
    """Count a batch as so many questions; the request itself was counted as one when it came in.

    Raises Problem where that is more than a minute or a day allows; nothing more is counted then.
    """
    admission: Admission | None = getattr(request.state, "admission", None)
    if admission is None or questions <= 1:
        return
    most = admission.key.per_minute if admission.key is not None else admission.per_minute
    if 0 < most < questions:
        raise Problem("too_many_requests", f"一次最多 {most} 个问题（每分钟的上限），请分几次发送。")
    await admission.taking(questions - 1)


def headers_of(left: Allowance) -> dict[str, str]:
    """The three headers in wide use, of the IETF's draft up to version 7; reset in seconds from now."""
    return {
        "RateLimit-Limit": str(left.limit),
        "RateLimit-Remaining": str(left.remaining),
        "RateLimit-Reset": str(left.reset),
    }


def _token(headers: Headers) -> str | None:
    """What is shown as a key; None where nothing is. Other schemes than Bearer are meant for a proxy before us."""
    shown = [value.partition(" ") for value in headers.getlist("authorization")]
    tokens = [token.strip() for scheme, _, token in shown if scheme.lower() == "bearer"]
    return ("" if len(tokens) > 1 else tokens[0]) if tokens else None


def _refused(code: str) -> Problem:
    return Problem(code, headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'})


def _too_many(code: str, left: Allowance, what: str) -> Problem:
    headers = {**headers_of(left), "Retry-After": str(left.reset)}
    return Problem(code, f"{what}，请在 {left.reset} 秒后重试。", headers=headers)
