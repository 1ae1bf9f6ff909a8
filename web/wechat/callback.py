"""/wechat/callback: verification of the address, and a passive reply to every message within five seconds."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic, sleep, time

from cachetools import TTLCache
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse

from web.asking import Asked, Desk
from web.operation.metrics import Metrics
from web.shapes.text import page_of, wechat_text
from web.store.conversations import UnknownConversation
from web.store.wechat import GIVEN_UP, pseudonym
from web.wechat.crypto import signature
from web.wechat.gate import REPLAYED, RETRIES, Gate, Refusal, signature_in
from web.wechat.messages import Message, sealed_reply, text_reply
from web.wechat.settings import WeChatSettings
from web.wechat.words import SLOW, set_words
from web.wording import WordingError, clean_question

PATH = "/wechat/callback"
REPLY_WITHIN = 4.0
"""Seconds until an answer that is still being looked for is given up; the platform hangs up after five."""
MOST_REPLIES = 2_000
"""Replies kept for repeated deliveries, of up to 2 KB each."""
LOOKS_EVERY = 0.2
"""Seconds between two looks for the answer of another process."""
NOTHING = "success"
"""What the platform takes for «received, no reply»."""


class Answers:
    """Answers messages, each once however often it is delivered and to whichever process. Lives in one event loop."""

    def __init__(self, desk: Desk, metrics: Metrics, settings: WeChatSettings, clock: Callable[[], float]) -> None:
        self._desk, self._metrics, self._settings, self._clock = desk, metrics, settings, clock
        self._kept = desk.store.wechat
        self._replies: TTLCache[tuple[str, ...], asyncio.Task[str]] = TTLCache(MOST_REPLIES, 2 * RETRIES, timer=clock)

    async def reply_to(self, message: Message) -> str:
        """The words of the reply; empty where nothing is to be said. The same for every delivery of a message."""
        said = set_words(message)
        if said is not None:
            return said
        task = self._replies.get(message.identity)
        if task is None:
            task = asyncio.create_task(self._answer(message))
            self._replies[message.identity] = task
        done, _ = await asyncio.wait({task}, timeout=REPLY_WITHIN)
        if not done:
            return SLOW
        if task.exception() is not None:
            self._replies.pop(message.identity, None)  # the next delivery may fare better
        return task.result()

    async def insist_on_first(self, signed: str, message: Message) -> None:
        """Raises Refusal where a text is a replay, to whichever process the signature came first. Only a text is acted
        upon."""
        if message.kind == "text" and not await run_in_threadpool(self._is_first, signed, message):
            raise Refusal(*REPLAYED)

    def _is_first(self, signed: str, message: Message) -> bool:
        secret, now = self._settings.secret, self._now()
        name = pseudonym(secret, *message.identity)
        first, seen_at = self._kept.first_use(pseudonym(secret, "signature", signed), name, now)
        return first == name and (now - seen_at).total_seconds() <= RETRIES

    async def _answer(self, message: Message) -> str:
        try:
            question = clean_question(message.content)
        except WordingError as error:
            return str(error)
        asked = await run_in_threadpool(self._once, message, question)
        if asked is None:
            return SLOW
        return wechat_text(asked, self._desk.assistant.library, self._settings.address(page_of(asked.answer)))

    def _once(self, message: Message, question: str) -> Asked | None:
        """Asked by the process that takes the message first; the others wait for its answer and give it again. None
        where that one neither answers nor leaves it."""
        name = pseudonym(self._settings.secret, *message.identity)
        until = monotonic() + 2 * GIVEN_UP.total_seconds()
        while not self._kept.take(name, self._now()):
            with suppress(KeyError):  # left meanwhile: to be taken
                if answer_id := self._kept.answer_of(name):
                    return self._desk.answered(answer_id)
            if monotonic() > until:
                return None
            sleep(LOOKS_EVERY)
        try:
            asked = self._ask(pseudonym(self._settings.secret, message.sender), question)
        except BaseException:
            self._kept.leave(name)
            raise
        self._kept.answered(name, asked.answer_id)
        self._metrics.answer(asked)
        return asked

    def _ask(self, user: str, question: str) -> Asked:
        conversation_id = self._kept.conversation_of(user, self._now())
        try:
            asked = self._desk.ask(question, conversation_id)
        except UnknownConversation:  # it was deleted meanwhile
            asked = self._desk.ask(question)
        self._kept.enter(user, asked.conversation_id, self._now())
        return asked

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def wechat_router(
    desk: Desk, metrics: Metrics, settings: WeChatSettings, clock: Callable[[], float] = time
) -> APIRouter:
    """The callback of one account. clock: Unix time in seconds."""
    router = APIRouter(include_in_schema=False)
    gate, answers = Gate(settings, clock), Answers(desk, metrics, settings, clock)

    @router.get(PATH)
    async def verify(request: Request) -> Response:
        try:
            gate.check(request.query_params)
        except Refusal as refusal:
            return PlainTextResponse(str(refusal), refusal.status)
        return PlainTextResponse(request.query_params.get("echostr", ""))

    @router.post(PATH)
    async def receive(request: Request) -> Response:
        try:
            message = gate.admit(request.query_params, await request.body())
            await answers.insist_on_first(signature_in(request.query_params), message)
        except Refusal as refusal:
            return PlainTextResponse(str(refusal), refusal.status)
        words = await answers.reply_to(message)
        if not words:
            return PlainTextResponse(NOTHING)
        return Response(_passive(gate, settings, message, words, int(clock())), media_type="text/xml")

    return router


def _passive(gate: Gate, settings: WeChatSettings, message: Message, words: str, seconds: int) -> str:
    """The reply in XML, encrypted where the account has a key."""
    reply = text_reply(message, words, seconds)
    if gate.envelope is None:
        return reply
    sealed, nonce = gate.envelope.seal(reply), secrets.token_hex(8)
    return sealed_reply(sealed, signature(settings.token, str(seconds), nonce, sealed), seconds, nonce)
