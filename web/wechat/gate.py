"""Who may come in: signed by the platform, now, once.

In 明文模式 a signature covers the time and a random number only, in 安全模式 the message as well. The platform delivers
a message up to three times where it hears nothing within five seconds, so the same message may come again for a little
while; later, or with another message, a signature that was seen is a replay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cachetools import TTLCache

from web.wechat.crypto import CryptoError, Envelope, is_signed
from web.wechat.messages import MalformedMessage, Message, read_fields, read_message
from web.wechat.settings import WeChatSettings

STALE = 300
"""Seconds that the platform's clock and this one may differ, as its payment interface advises."""
RETRIES = 30
"""Seconds within which a delivery may be repeated: three times five, and as much again for the way."""
MOST = 20_000
"""Signatures remembered: 33 messages a second over the time in which they are fresh."""
# Unix seconds; ten digits until the year 2286.
_SECONDS = re.compile(r"\d{10}", re.ASCII)


class Refusal(Exception):
    """A request that is turned away: status of HTTP, and why, in Chinese."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


FORGED = (403, "签名不正确。")
TIMED_OUT = (403, "请求已过时效，请检查服务器的时间。")
REPLAYED = (403, "请求重复。")
NOT_ENCRYPTED = (403, "本服务已设消息加解密密钥，只接收加密的消息。")
NO_KEY = (403, "本服务没有设消息加解密密钥，不能接收加密的消息。")
MALFORMED = (400, "请求正文不是微信消息。")


@dataclass(frozen=True, slots=True)
class Seen:
    """The first use of a signature."""

    identity: tuple[str, ...]
    at: float


def signature_in(query: Mapping[str, str]) -> str:
    """The signature that covers most: with the message, where it is encrypted."""
    return query["signature" if query.get("encrypt_type", "raw") == "raw" else "msg_signature"]


class Gate:
    """Checks requests of one account, and knows what came to this process. Not for several threads: the event loop
    calls it."""

    def __init__(self, settings: WeChatSettings, clock: Callable[[], float]) -> None:
        self._token, self._clock = settings.token, clock
        key = settings.aes_key
        self.envelope = Envelope(key, settings.app_id) if key else None
        # a time up to STALE ahead is fresh for twice as long
        self._seen: TTLCache[str, Seen] = TTLCache(MOST, 2 * STALE + 1, timer=clock)

    def check(self, query: Mapping[str, str]) -> None:
        """Raises Refusal unless the platform signed the request just now."""
        signed, seconds, nonce = (query.get(name, "") for name in ("signature", "timestamp", "nonce"))
        if not is_signed(signed, self._token, seconds, nonce):
            raise Refusal(*FORGED)
        if not _SECONDS.fullmatch(seconds) or abs(self._clock() - int(seconds)) > STALE:
            raise Refusal(*TIMED_OUT)

    def admit(self, query: Mapping[str, str], body: bytes) -> Message:
        """The message of a request. Raises Refusal."""
        self.check(query)
        is_encrypted = query.get("encrypt_type", "raw") != "raw"
        if is_encrypted != (self.envelope is not None):
            raise Refusal(*(NO_KEY if is_encrypted else NOT_ENCRYPTED))
        try:
            message = read_message(self._decrypted(self.envelope, query, body) if self.envelope else body)
        except MalformedMessage:
            raise Refusal(*MALFORMED) from None
        self._note(signature_in(query), message)
        return message

    def _decrypted(self, envelope: Envelope, query: Mapping[str, str], body: bytes) -> bytes:
        sealed = read_fields(body).get("Encrypt", "")
        signed = query.get("msg_signature", "")
        if not is_signed(signed, self._token, query["timestamp"], query["nonce"], sealed):
            raise Refusal(*FORGED)
        try:
            return envelope.open(sealed)
        except CryptoError:
            raise Refusal(*FORGED) from None

    def _note(self, signed: str, message: Message) -> None:
        now = self._clock()
        first = self._seen.setdefault(signed, Seen(message.identity, now))
        if first.identity != message.identity or now - first.at > RETRIES:
            raise Refusal(*REPLAYED)
