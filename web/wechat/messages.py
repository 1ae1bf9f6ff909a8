"""Messages in the platform's XML: read by defusedxml; written by hand, since a reply is five elements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

LONGEST_NAME = 128
"""Characters of an account's or a user's id; real ones have 28."""
# What XML 1.0 (section 2.2) does not let stand in a document, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A number of seconds or of a message, in ASCII digits: the platform's have 10 and 17 to 19.
_DIGITS = re.compile(r"\d{1,20}", re.ASCII)


class MalformedMessage(ValueError):
    """A body that is not a message of the platform."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message or an event.

    to, sender  ids of the account and of the user (OpenID)
    created     Unix seconds, as printed
    kind        MsgType: text, image, event…
    content     the words of a text
    message_id  MsgId; empty for an event
    event       Event of an event: subscribe, CLICK…
    event_key   EventKey of an event
    """

    to: str
    sender: str
    created: str
    kind: str
    content: str = ""
    message_id: str = ""
    event: str = ""
    event_key: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """The same for every delivery of one message.

        Sender and time count as well: MsgId is not unique by itself, and events have none.
        """
        return (self.sender, self.created, self.message_id, self.event, self.event_key)


def read_fields(body: bytes) -> Mapping[str, str]:
    """The children of the root and their text, the first of each name. Raises MalformedMessage."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise MalformedMessage(str(error)) from error  # the last two: encodings that expat does not know
    fields: dict[str, str] = {}
    for child in root:
        fields.setdefault(child.tag, child.text or "")
    return fields


def read_message(body: bytes) -> Message:
    """Raises MalformedMessage."""
    fields = read_fields(body)
    message = Message(
        to=fields.get("ToUserName", ""),
        sender=fields.get("FromUserName", ""),
        created=fields.get("CreateTime", "").strip(),
        kind=fields.get("MsgType", "").strip().lower(),
        content=fields.get("Content", ""),
        message_id=fields.get("MsgId", "").strip(),
        event=fields.get("Event", "").strip(),
        event_key=fields.get("EventKey", ""),
    )
    if not all(0 < len(name) <= LONGEST_NAME for name in (message.to, message.sender, message.kind)):
        raise MalformedMessage("names")
    if not all(_DIGITS.fullmatch(number) for number in (message.created, message.message_id or "0")):
        raise MalformedMessage("numbers")
    return message


def text_reply(message: Message, words: str, seconds: int) -> str:
    """The passive reply of a text to a message. seconds: Unix time."""
    return _xml(
        ToUserName=message.sender,
        FromUserName=message.to,
        CreateTime=str(seconds),
        MsgType="text",
        Content=words,
    )


def sealed_reply(sealed: str, signed: str, seconds: int, nonce: str) -> str:
    """An encrypted reply in its envelope."""
    return _xml(Encrypt=sealed, MsgSignature=signed, TimeStamp=str(seconds), Nonce=nonce)


def _xml(**fields: str) -> str:
    lines = "".join(f"<{name}>{_cdata(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{lines}</xml>"


def _cdata(words: str) -> str:
    """«]]>» would end the section: it is split between two."""
    return f"<![CDATA[{_NOT_XML.sub('', words).replace(']]>', ']]]]><![CDATA[>')}]]>"
