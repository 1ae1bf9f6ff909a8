"""The callback of an official account: against wechatpy both ways, and against whoever is not the platform."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, delete, func, select
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.parser import parse_message
from wechatpy.utils import check_signature

from assistant.answers import Answer, QuestionType, Status
from assistant.pipeline import Assistant
from tests.postgres import cluster
from tests.sqlite import store as store
from tests.watched import Watched
from web.api.questions import questions_router
from web.asking import Desk
from web.limits import MAX_BODY, BodyLimit
from web.operation.metrics import Metrics
from web.problems import install
from web.shapes.text import MAX_BYTES
from web.store import Store, open_store
from web.store.conversations import CONTEXT
from web.store.tables import conversations, turns, wechat_messages, wechat_signatures, wechat_users
from web.store.wechat import GIVEN_UP, SIGNED, pseudonym
from web.wechat import callback
from web.wechat.callback import NOTHING, PATH, wechat_router
from web.wechat.crypto import CryptoError, Envelope, is_signed, signature
from web.wechat.gate import MOST, RETRIES, STALE, Gate
from web.wechat.messages import MalformedMessage, Message, read_message, sealed_reply, text_reply
from web.wechat.settings import WeChatSettings
from web.wechat.words import GREETING, SLOW
from web.wording import clean_words

TOKEN = "yiyang2026"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx0123456789abcdef"
SITE = "https://wen.example.cn"
ACCOUNT, USER = "gh_0123456789ab", "o0123456789-abcdefghijklmno_"
NOW = 1_790_000_000
DOCTORS = "养老机构内设医务室至少配几名医生？"
NURSES = "那护士呢？"
AN_ANSWER = Answer(Status.ANSWERED, QuestionType.QUANTITY, DOCTORS, DOCTORS, "1名。", "1名。")
PLAIN = WeChatSettings(TOKEN, APP_ID, SITE)
SAFE = WeChatSettings(TOKEN, APP_ID, SITE, KEY)

unhurried = settings(deadline=None)
# What XML can carry; wechatpy trims and knows no «]]>».
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))
oracle_words = words.map(str.strip).filter(lambda text: text and "]]>" not in text)
names = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789_-", min_size=1, max_size=28)
nonces = st.text("0123456789abcdefxyz", min_size=1, max_size=20)
seconds = st.integers(1_000_000_000, 9_999_999_999)


# Settings


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"token": "ab"}, "Token"),
        ({"token": "with space"}, "Token"),
        ({"encoding_aes_key": KEY[:-1]}, "EncodingAESKey"),
        ({"encoding_aes_key": KEY[:-1] + "!"}, "EncodingAESKey"),
        ({"app_id": ""}, "AppID"),
        ({"site": ""}, "网站地址"),
        ({"site": "wen.example.cn"}, "网站地址"),
        ({"site": "https://wen.example.cn/?a=1"}, "网站地址"),
    ],
)
def test_settings_that_cannot_be_right_are_told(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        replace(PLAIN, **changes)


def test_secrets_are_not_shown() -> None:
    assert TOKEN not in repr(SAFE)
    assert KEY not in repr(SAFE)
    assert SAFE.aes_key is not None
    assert repr(SAFE.aes_key) not in repr(Envelope(SAFE.aes_key, APP_ID))


def test_addresses_join_with_one_slash() -> None:
    assert WeChatSettings(TOKEN, APP_ID, f"{SITE}/wen/").address("/documents/x") == f"{SITE}/wen/documents/x"


# Against wechatpy: signatures and cipher texts


@unhurried
@given(when=seconds, nonce=words, sealed=words)
def test_signatures_are_those_of_wechatpy(when: int, nonce: str, sealed: str) -> None:
    check_signature(TOKEN, signature(TOKEN, str(when), nonce), str(when), nonce)
    assert is_signed(signature(TOKEN, str(when), nonce, sealed), TOKEN, str(when), nonce, sealed)
    with pytest.raises(InvalidSignatureException):
        check_signature(TOKEN, signature(TOKEN[1:], str(when), nonce), str(when), nonce)


def envelope(settings: WeChatSettings = SAFE) -> Envelope:
    assert settings.aes_key is not None
    return Envelope(settings.aes_key, settings.app_id)


@unhurried
@given(text=words.filter(bool), nonce=nonces, when=seconds)
def test_what_wechatpy_seals_is_opened(text: str, nonce: str, when: int) -> None:
    sealed = WeChatCrypto(TOKEN, KEY, APP_ID).encrypt_message(text, nonce, str(when))
    inner = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    assert envelope().open(inner).decode() == text


@unhurried
@given(text=words, nonce=nonces, when=seconds)
def test_what_is_sealed_wechatpy_opens(text: str, nonce: str, when: int) -> None:
    sealed = envelope().seal(text)
    signed = signature(TOKEN, str(when), nonce, sealed)
    reply = sealed_reply(sealed, signed, when, nonce)
    oracle = WeChatCrypto(TOKEN, KEY, APP_ID)
    assert oracle.decrypt_message(reply, signed, str(when), nonce) == text
    with pytest.raises(InvalidSignatureException):
        oracle.decrypt_message(reply, signature(TOKEN, str(when), nonce), str(when), nonce)
    with pytest.raises(InvalidAppIdException):
        WeChatCrypto(TOKEN, KEY, "wx0000000000000000").decrypt_message(reply, signed, str(when), nonce)


@unhurried
@given(text=words)
def test_what_was_sealed_for_another_account_is_not_opened(text: str) -> None:
    with pytest.raises(CryptoError):
        Envelope(envelope().key, "wx0000000000000000").open(envelope().seal(text))


@unhurried
@given(sealed=st.text() | st.binary().map(bytes.hex) | st.from_regex(r"[A-Za-z0-9+/]{43}=", fullmatch=True))
def test_what_is_no_cipher_text_is_refused(sealed: str) -> None:
    with pytest.raises(CryptoError):
        envelope().open(sealed.encode("utf-8", "replace").decode())


# Against wechatpy: messages in XML


def pushed(**fields: str) -> str:
    """A message as the platform writes it."""
    numbers = {"CreateTime", "MsgId"}
    lines = (
        f"<{name}>{value if name in numbers else cdata(value)}</{name}>" for name, value in fields.items() if value
    )
    return f"<xml>\n{chr(10).join(lines)}\n</xml>"


def cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def a_text(content: str = DOCTORS, message_id: int = 1, sender: str = USER, created: int = NOW) -> str:
    return pushed(
        ToUserName=ACCOUNT,
        FromUserName=sender,
        CreateTime=str(created),
        MsgType="text",
        Content=content,
        MsgId=str(message_id),
    )


@unhurried
@given(to=names, sender=names, when=seconds, content=oracle_words, number=st.integers(1, 2**63))
def test_texts_are_read_as_wechatpy_reads_them(to: str, sender: str, when: int, content: str, number: int) -> None:
    body = pushed(
        ToUserName=to, FromUserName=sender, CreateTime=str(when), MsgType="text", Content=content, MsgId=str(number)
    )
    ours, theirs = read_message(body.encode()), parse_message(body)
    assert (ours.to, ours.sender, ours.kind) == (theirs.target, theirs.source, theirs.type)
    assert (ours.content.strip(), int(ours.created), int(ours.message_id)) == (theirs.content, theirs.time, theirs.id)


@unhurried
@given(
    kind=st.sampled_from(["image", "voice", "video", "shortvideo", "location", "link"]),
    sender=names,
    when=seconds,
    number=st.integers(1, 2**63),
)
def test_other_messages_are_read_as_wechatpy_reads_them(kind: str, sender: str, when: int, number: int) -> None:
    body = pushed(
        ToUserName=ACCOUNT, FromUserName=sender, CreateTime=str(when), MsgType=kind, MediaId="m", MsgId=str(number)
    )
    ours, theirs = read_message(body.encode()), parse_message(body)
    assert (ours.kind, ours.sender, int(ours.message_id)) == (theirs.type, theirs.source, theirs.id)


@unhurried
@given(event=st.sampled_from(["subscribe", "unsubscribe", "CLICK", "SCAN", "LOCATION", "VIEW"]), key=names)
def test_events_are_read_as_wechatpy_reads_them(event: str, key: str) -> None:
    body = pushed(
        ToUserName=ACCOUNT, FromUserName=USER, CreateTime=str(NOW), MsgType="event", Event=event, EventKey=key
    )
    ours, theirs = read_message(body.encode()), parse_message(body)
    assert (ours.kind, ours.event.lower()) == ("event", theirs.event)
    assert ours.event_key == key


@unhurried
@given(text=words, to=names, when=seconds)
def test_replies_are_read_by_wechatpy_as_they_were_meant(text: str, to: str, when: int) -> None:
    message = Message(to=ACCOUNT, sender=to, created=str(when), kind="text", content=DOCTORS)
    theirs = parse_message(text_reply(message, text, when))
    assert (theirs.type, theirs.source, theirs.target, theirs.time) == ("text", ACCOUNT, to, when)
    assert (theirs.content or "") == text.replace("\r\n", "\n").replace("\r", "\n").strip()


@unhurried
@given(text=st.text())
def test_replies_hold_only_what_xml_can_carry(text: str) -> None:
    message = Message(to=ACCOUNT, sender=USER, created=str(NOW), kind="text")
    read = read_message(text_reply(message, text, NOW).encode())
    kept = (each for each in text if each in "\t\n\r" or (each >= " " and each not in "\ufffe\uffff"))
    assert read.content == "".join(kept).replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "<xml>",
        "<xml></xml>",
        a_text().replace("<MsgType>", "<Other>").replace("</MsgType>", "</Other>"),
        a_text().replace(f"<CreateTime>{NOW}", "<CreateTime>now"),
        a_text().replace("<MsgId>1", "<MsgId>one"),
        a_text(sender="o" * 200),
        '<!DOCTYPE xml [<!ENTITY a "b">]>' + a_text(),
        '<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + a_text("&f;"),
        "<?xml version='1.0' encoding='big5-hkscs'?>" + a_text(),
        "<?xml version='1.0' encoding='none'?>" + a_text(),
        f"<xml>{'<a>' * 20_000}</xml>",
    ],
)
def test_what_is_no_message_is_refused(body: str) -> None:
    with pytest.raises(MalformedMessage):
        read_message(body.encode())


# The callback over HTTP


@dataclass
class Platform:
    """The platform's side of the callback: it signs, seals and delivers."""

    client: TestClient
    settings: WeChatSettings
    watched: Watched
    now: list[float]
    store: Store
    deliveries: int = 0

    def signed(self, body: str, nonce: str = "", when: int | None = None) -> tuple[dict[str, str], str]:
        """Query and body of a delivery, each with a random number of its own, whichever process it goes to, unless one
        is given."""
        self.deliveries += 1
        number, stamp = nonce or f"n{self.deliveries}of{id(self)}", str(int(self.now[0]) if when is None else when)
        query = {"signature": signature(TOKEN, stamp, number), "timestamp": stamp, "nonce": number}
        if not self.settings.encoding_aes_key:
            return query, body
        sealed = WeChatCrypto(TOKEN, KEY, APP_ID).encrypt_message(body, number, stamp)
        inner = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
        query |= {"encrypt_type": "aes", "msg_signature": signature(TOKEN, stamp, number, inner)}
        return query, f"<xml><ToUserName>{cdata(ACCOUNT)}</ToUserName><Encrypt>{cdata(inner)}</Encrypt></xml>"

    def push(self, body: str, nonce: str = "", when: int | None = None) -> Response:
        query, sealed = self.signed(body, nonce, when)
        return self.deliver(query, sealed)

    def deliver(self, query: Mapping[str, str], body: str | bytes) -> Response:
        return self.client.post(PATH, params=query, content=body, headers={"content-type": "text/xml"})

    def said(self, response: Response) -> str:
        """The words of a passive reply, as wechatpy reads them."""
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "text/xml; charset=utf-8"
        reply = response.text
        if self.settings.encoding_aes_key:
            fields = {child.tag: child.text for child in fromstring(reply)}
            oracle = WeChatCrypto(TOKEN, KEY, APP_ID)
            reply = oracle.decrypt_message(reply, fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"])
        message = parse_message(reply)
        assert (message.type, message.source, message.target) == ("text", ACCOUNT, USER)
        content: str = message.content
        return content

    def ask(self, content: str, message_id: int) -> str:
        return self.said(self.push(a_text(content, message_id)))


@pytest.fixture(params=[PLAIN, SAFE], ids=["明文模式", "安全模式"])
def platform(request: pytest.FixtureRequest, assistant: Assistant, store: Store) -> Iterator[Platform]:
    yield from platforms(request.param, assistant, store)


@pytest.fixture
def safe(assistant: Assistant, store: Store) -> Iterator[Platform]:
    yield from platforms(SAFE, assistant, store)


@pytest.fixture
def plain(assistant: Assistant, store: Store) -> Iterator[Platform]:
    yield from platforms(PLAIN, assistant, store)


def platforms(agreed: WeChatSettings, assistant: Assistant, store: Store) -> Iterator[Platform]:
    watched, now = Watched(assistant), [float(NOW)]
    app = FastAPI()
    metrics = Metrics()
    metrics.serves(assistant.index_version, len(assistant.library))
    app.include_router(wechat_router(Desk(watched, store), metrics, agreed, lambda: now[0]))
    install(app, lambda request, problem: None)
    app.add_middleware(BodyLimit)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Platform(client, agreed, watched, now, store)
        watched.open.set()


def test_the_address_is_verified(platform: Platform) -> None:
    query, _ = platform.signed("")
    response = platform.client.get(PATH, params={**query, "echostr": "5927782489442352469"})
    assert (response.status_code, response.text) == (200, "5927782489442352469")
    assert response.headers["content-type"].startswith("text/plain")
    forged = platform.client.get(PATH, params={**query, "echostr": "1", "signature": "0" * 40})
    assert (forged.status_code, forged.text) == (403, "签名不正确。")
    assert platform.client.get(PATH).status_code == 403
    platform.now[0] += STALE + 1
    assert platform.client.get(PATH, params={**query, "echostr": "1"}).status_code == 403


def test_a_question_is_answered_with_quotation_citation_and_link(platform: Platform) -> None:
    said = platform.ask(DOCTORS, 1)
    assert "至少配置1名主执业点医师和1名注册护士" in said
    assert "——《关于进一步深化长宁区养老服务医养结合发展的实施方案》（长民〔2025〕2号）二、（一）2." in said
    assert f"查看原文：{SITE}/documents/changning-2025-2?start=" in said
    assert len(said.encode()) <= MAX_BYTES


def test_a_follow_up_leans_on_the_question_before_of_the_same_user(platform: Platform) -> None:
    platform.ask(DOCTORS, 1)
    assert "1名注册护士" in platform.ask(NURSES, 2)
    platform.push(a_text(NURSES, 3, sender="another-user"))
    assert platform.watched.histories == [(), (DOCTORS,), ()]


def test_a_conversation_that_is_gone_is_begun_anew(plain: Platform, store: Store) -> None:
    plain.ask(DOCTORS, 1)
    with store.database.writing() as connection:
        connection.execute(delete(turns))
    assert "医师" in plain.ask(DOCTORS, 2)
    with store.database.writing() as connection:
        connection.execute(delete(conversations))
    assert "医师" in plain.ask(DOCTORS, 3)


def test_a_conversation_is_leant_on_for_a_while_only(plain: Platform) -> None:
    plain.ask(DOCTORS, 1)
    plain.now[0] += CONTEXT.total_seconds() - 1
    assert "1名注册护士" in plain.ask(NURSES, 2)
    plain.now[0] += CONTEXT.total_seconds() + 1
    plain.ask(NURSES, 3)
    assert plain.watched.histories == [(), (DOCTORS,), ()]


@pytest.mark.parametrize(
    ("kind", "named"),
    [("image", "图片"), ("voice", "语音"), ("video", "视频"), ("location", "位置"), ("file", "文件"), ("new", "文字")],
)
def test_what_is_not_text_is_answered_politely(platform: Platform, kind: str, named: str) -> None:
    body = pushed(ToUserName=ACCOUNT, FromUserName=USER, CreateTime=str(NOW), MsgType=kind, MediaId="x", MsgId="7")
    said = platform.said(platform.push(body))
    assert named in said
    assert said.endswith("请把问题写成文字发来。")
    assert platform.watched.asked == []


@pytest.mark.parametrize("event", ["subscribe", "SCAN", "CLICK"])
def test_who_follows_is_greeted(platform: Platform, event: str) -> None:
    body = pushed(
        ToUserName=ACCOUNT, FromUserName=USER, CreateTime=str(NOW), MsgType="event", Event=event, EventKey="k"
    )
    assert platform.said(platform.push(body)) == GREETING


@pytest.mark.parametrize("event", ["unsubscribe", "LOCATION", "VIEW", "TEMPLATESENDJOBFINISH"])
def test_events_that_wait_for_no_word_get_none(platform: Platform, event: str) -> None:
    body = pushed(ToUserName=ACCOUNT, FromUserName=USER, CreateTime=str(NOW), MsgType="event", Event=event)
    response = platform.push(body)
    assert (response.status_code, response.text) == (200, NOTHING)


@pytest.mark.parametrize(
    ("content", "named"), [("　", "请写下要问的问题"), ("问" * 501, "500 字以内"), ("a\x9fb", "U+009F")]
)
def test_words_that_are_no_question_are_told_why(platform: Platform, content: str, named: str) -> None:
    assert named in platform.ask(content, 1)


# Retries


def test_a_message_delivered_three_times_is_asked_once(platform: Platform) -> None:
    said = [platform.ask(DOCTORS, 1) for _ in range(3)]
    assert said[0] == said[1] == said[2]
    assert platform.watched.asked == [DOCTORS]


def test_deliveries_that_overlap_share_one_answer(platform: Platform) -> None:
    platform.watched.open.clear()
    with ThreadPoolExecutor(3) as pool:
        said = [pool.submit(platform.ask, DOCTORS, 1) for _ in range(3)]
        threading.Timer(0.3, platform.watched.open.set).start()
        assert len({each.result() for each in said}) == 1
    assert platform.watched.asked == [DOCTORS]


def test_the_same_number_from_another_user_or_time_is_another_message(platform: Platform) -> None:
    platform.push(a_text(DOCTORS, 1))
    platform.push(a_text(DOCTORS, 1, sender="another-user"))
    platform.push(a_text(DOCTORS, 1, created=NOW + 1))
    assert len(platform.watched.asked) == 3


def test_an_answer_that_takes_too_long_is_put_off_politely(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback, "REPLY_WITHIN", 0.1)
    platform.watched.open.clear()
    assert platform.ask(DOCTORS, 1) == SLOW
    platform.watched.open.set()
    monkeypatch.setattr(callback, "REPLY_WITHIN", 4.0)
    assert "医师" in platform.ask(DOCTORS, 1)  # delivered again: the answer that was being looked for
    assert platform.watched.asked == [DOCTORS]


def test_after_a_fault_the_next_delivery_is_asked_again(platform: Platform) -> None:
    platform.watched.faults.append(RuntimeError("secret particulars"))
    failed = platform.push(a_text(DOCTORS, 1))
    assert failed.status_code == 500
    assert "secret" not in failed.text
    assert "医师" in platform.ask(DOCTORS, 1)


# Several processes: apps of their own over one database


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return cluster().database() if request.param == "postgresql" else f"sqlite:///{tmp_path / 'shared.db'}"


@pytest.fixture
def two(shared: str, assistant: Assistant) -> Iterator[tuple[Platform, Platform]]:
    """Two servers of one account, as after a restart, or behind one address."""
    account = WeChatSettings(TOKEN, APP_ID, SITE, secret=b"s" * 32)
    with ExitStack() as stack:
        opened = []
        for _ in range(2):
            store = open_store(shared)
            stack.callback(store.close)
            opened.append(stack.enter_context(contextmanager(platforms)(account, assistant, store)))
        yield opened[0], opened[1]


def test_a_conversation_goes_on_in_another_process(two: tuple[Platform, Platform]) -> None:
    first, second = two
    first.ask(DOCTORS, 1)
    assert "1名注册护士" in second.ask(NURSES, 2)
    assert second.watched.histories == [(DOCTORS,)]


def test_a_message_delivered_to_two_processes_is_asked_once(two: tuple[Platform, Platform]) -> None:
    first, second = two
    said = first.ask(DOCTORS, 1)
    assert second.ask(DOCTORS, 1) == said
    assert first.watched.asked == [DOCTORS]
    assert count(first, turns) == 1


def test_deliveries_to_two_processes_at_once_share_one_answer(two: tuple[Platform, Platform]) -> None:
    for platform in two:
        platform.watched.open.clear()

    def release() -> None:
        for platform in two:
            platform.watched.open.set()

    with ThreadPoolExecutor(2) as pool:
        said = [pool.submit(platform.ask, DOCTORS, 1) for platform in two]
        threading.Timer(0.5, release).start()
        assert len({each.result() for each in said}) == 1
    assert count(two[0], turns) == 1


def test_a_message_that_one_process_could_not_answer_another_answers(two: tuple[Platform, Platform]) -> None:
    first, second = two
    first.watched.faults.append(RuntimeError("secret particulars"))
    assert first.push(a_text(DOCTORS, 1)).status_code == 500
    assert "医师" in second.ask(DOCTORS, 1)


def test_a_message_taken_by_a_process_that_died_is_taken_over(two: tuple[Platform, Platform]) -> None:
    first, _ = two
    message = read_message(a_text(DOCTORS, 1).encode())
    name = pseudonym(first.settings.secret, *message.identity)
    assert first.store.wechat.take(name, datetime.fromtimestamp(NOW, UTC))
    first.now[0] += GIVEN_UP.total_seconds() + 1
    assert "医师" in first.ask(DOCTORS, 1)


def test_the_database_names_no_user(two: tuple[Platform, Platform]) -> None:
    two[0].ask(DOCTORS, 1)
    with two[0].store.database.reading() as connection:
        kept = [tuple(row) for table in (wechat_users, wechat_messages) for row in connection.execute(select(table))]
    assert len(kept) == 2
    assert USER not in repr(kept)
    assert pseudonym(b"s" * 32, USER) in repr(kept)
    assert pseudonym(b"other", USER) not in repr(kept)


def test_what_is_kept_of_users_and_messages_is_forgotten(two: tuple[Platform, Platform]) -> None:
    store = two[0].store
    two[0].ask(DOCTORS, 1)
    later = datetime.fromtimestamp(NOW, UTC) + CONTEXT
    store.wechat.forget(later - timedelta(seconds=1))
    assert count(two[0], wechat_users) == 1
    store.wechat.forget(later)
    assert store.wechat.take("another", later)
    assert (count(two[0], wechat_users), count(two[0], wechat_messages)) == (0, 1)


def test_users_who_write_twice_at_once_are_in_one_conversation(shared: str) -> None:
    store = open_store(shared)
    now = datetime.now(UTC)
    ids = [store.conversations.record(AN_ANSWER, "v1")[0] for _ in range(20)]
    with ThreadPoolExecutor(8) as pool:
        [*pool.map(lambda each: store.wechat.enter("user", each, now), ids)]
    assert store.wechat.conversation_of("user", now) in ids
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: store.wechat.take("message", now), range(20))) == 1
    store.close()


def count(platform: Platform, table: Table) -> int:
    with platform.store.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


# Those who are not the platform


def test_a_forged_signature_is_refused(platform: Platform) -> None:
    query, body = platform.signed(a_text())
    for changed in ({"signature": "0" * 40}, {"signature": ""}, {"timestamp": str(NOW + 1)}, {"nonce": "other"}):
        response = platform.deliver({**query, **changed}, body)
        assert (response.status_code, response.text) == (403, "签名不正确。")
    assert platform.deliver({}, body).status_code == 403
    assert platform.deliver({**query, "signature": "é" * 40}, body).status_code == 403
    assert platform.watched.asked == []


def test_a_changed_cipher_text_is_refused(safe: Platform) -> None:
    query, body = safe.signed(a_text())
    other = safe.signed(a_text("另一个问题"))[1]
    for changed, sent in (({}, other), ({"msg_signature": "0" * 40}, body), ({"msg_signature": ""}, body)):
        response = safe.deliver({**query, **changed}, sent)
        assert (response.status_code, response.text) == (403, "签名不正确。")
    assert safe.watched.asked == []


def test_a_message_of_another_account_is_refused(safe: Platform) -> None:
    stamp, nonce = str(NOW), "n"
    sealed = WeChatCrypto(TOKEN, KEY, "wx0000000000000000").encrypt_message(a_text(), nonce, stamp)
    inner = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    query = {
        "signature": signature(TOKEN, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": signature(TOKEN, stamp, nonce, inner),
    }
    assert safe.deliver(query, sealed).status_code == 403


def test_where_there_is_a_key_plain_messages_are_refused(safe: Platform) -> None:
    query, _ = safe.signed(a_text())
    for kind in ({}, {"encrypt_type": "raw"}):
        response = safe.deliver({name: query[name] for name in ("signature", "timestamp", "nonce")} | kind, a_text())
        assert response.status_code == 403
        assert "只接收加密的消息" in response.text


def test_where_there_is_no_key_encrypted_messages_are_refused(plain: Platform) -> None:
    query, body = plain.signed(a_text())
    response = plain.deliver({**query, "encrypt_type": "aes", "msg_signature": "0" * 40}, body)
    assert response.status_code == 403
    assert "没有设消息加解密密钥" in response.text


@pytest.mark.parametrize("late", [-STALE - 1, STALE + 1])
def test_a_stale_timestamp_is_refused(platform: Platform, late: int) -> None:
    assert platform.push(a_text(), when=NOW - late).status_code == 403
    assert platform.push(a_text(), when=NOW - late + (1 if late > 0 else -1)).status_code == 200


@pytest.mark.parametrize("stamp", ["", "now", "１７９０００００００", "17900000000000", "-1790000000"])
def test_a_timestamp_that_is_none_is_refused(platform: Platform, stamp: str) -> None:
    query, body = platform.signed(a_text())
    changed = {**query, "timestamp": stamp, "signature": signature(TOKEN, stamp, query["nonce"])}
    assert platform.deliver(changed, body).status_code == 403


def test_a_replay_is_refused(platform: Platform) -> None:
    query, body = platform.signed(a_text())
    assert platform.deliver(query, body).status_code == 200
    platform.now[0] += RETRIES - 1
    assert platform.deliver(query, body).status_code == 200  # the platform itself may repeat a delivery
    platform.now[0] += 2
    response = platform.deliver(query, body)
    assert (response.status_code, response.text) == (403, "请求重复。")
    platform.now[0] += STALE
    assert platform.deliver(query, body).status_code == 403
    assert platform.watched.asked == [DOCTORS]


def test_a_signature_does_not_serve_for_another_message(plain: Platform) -> None:
    query, body = plain.signed(a_text())
    assert plain.deliver(query, body).status_code == 200
    response = plain.deliver(query, a_text("另一个问题", 2))
    assert (response.status_code, response.text) == (403, "请求重复。")
    assert plain.watched.asked == [DOCTORS]


def test_a_replay_to_another_process_is_refused(two: tuple[Platform, Platform]) -> None:
    """And to the same one after another index has taken its place: what it has seen is gone then."""
    first, second = two
    query, body = first.signed(a_text())
    said = first.said(first.deliver(query, body))
    second.now[0] += RETRIES
    assert second.said(second.deliver(query, body)) == said  # the platform itself may repeat a delivery
    another = second.deliver(query, a_text("另一个问题", 2))
    assert (another.status_code, another.text) == (403, "请求重复。")
    second.now[0] += 1
    assert second.deliver(query, body).status_code == 403
    second.now[0] += STALE - RETRIES - 1
    assert second.deliver(query, body).status_code == 403
    assert "另一个问题" not in second.watched.asked
    assert count(first, turns) == 1


def test_what_is_kept_of_signatures_is_forgotten(two: tuple[Platform, Platform]) -> None:
    two[0].ask(DOCTORS, 1)
    later = datetime.fromtimestamp(NOW, UTC) + SIGNED
    two[0].store.wechat.forget(later - timedelta(seconds=1))
    assert count(two[0], wechat_signatures) == 1
    two[0].store.wechat.forget(later)
    assert count(two[0], wechat_signatures) == 0


def test_what_is_remembered_is_bounded() -> None:
    gate = Gate(PLAIN, lambda: float(NOW))
    for number in range(MOST + 10):
        query = {"timestamp": str(NOW), "nonce": str(number), "signature": signature(TOKEN, str(NOW), str(number))}
        gate.admit(query, a_text("x", number).encode())
    assert len(gate._seen) == MOST


def test_a_body_that_is_no_message_is_refused(plain: Platform) -> None:
    for body in (b"", b"{}", b"\xff\xfe", b"<xml/>", a_text().encode()[:-8]):
        query, _ = plain.signed("")
        response = plain.deliver(query, body)
        assert (response.status_code, response.text) == (400, "请求正文不是微信消息。")


def test_a_body_that_is_too_large_is_refused(platform: Platform) -> None:
    query, _ = platform.signed("")
    assert platform.deliver(query, b"x" * (MAX_BODY + 1)).status_code == 413


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300) | st.text(max_size=100).map(lambda text: a_text(text).encode("utf-8", "replace")))
def test_no_body_ends_in_a_fault(safe: Platform, plain: Platform, body: bytes) -> None:
    for platform in (safe, plain):
        query, _ = platform.signed("")
        assert platform.deliver(query, body).status_code in {200, 400, 403}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=words.filter(lambda text: bool(clean_or_none(text))))
def test_any_question_gets_a_reply_that_fits(safe: Platform, content: str) -> None:
    assert 0 < len(safe.ask(content, safe.deliveries + 100).encode()) <= MAX_BYTES


def clean_or_none(text: str) -> str | None:
    try:
        return clean_words(text)
    except ValueError:
        return None


def test_the_callback_is_not_in_the_description(plain: Platform) -> None:
    assert PATH not in plain.client.get("/openapi.json").json()["paths"]


def test_a_reply_comes_within_five_seconds(safe: Platform) -> None:
    assert callback.REPLY_WITHIN < 5
    assert safe.push(a_text(DOCTORS, 1)).elapsed.total_seconds() < 5


# The same words by the interface: format=wechat


@pytest.mark.parametrize(
    ("public_url", "host", "link"),
    [
        ("", "wen.example.org:8080", "http://wen.example.org:8080/"),
        (SITE, "forged.example", f"{SITE}/"),
        (f"{SITE}/wen/", "forged.example", f"{SITE}/wen/"),
        (SITE, "not a host", f"{SITE}/"),
        ("", "not a host", "http://testserver/"),
        ("", "a@b", "http://testserver/"),
        ("", "x" * 400, ""),
    ],
)
def test_a_host_decides_the_link_only_where_no_address_is_set(
    public_url: str, host: str, link: str, assistant: Assistant, store: Store
) -> None:
    app = FastAPI()
    app.include_router(questions_router(Desk(assistant, store), Metrics(), public_url))
    install(app, lambda request, problem: None)
    with TestClient(app, raise_server_exceptions=False) as client:
        asked = {"question": DOCTORS, "format": "wechat"}
        response = client.post("/api/v1/ask", json=asked, headers={"host": host})
    if link:
        assert f"查看原文：{link}documents/changning-2025-2?start=" in response.text
    else:
        assert (response.status_code, response.json()["code"]) == (400, "bad_request")
        assert "Host" in response.json()["detail"]
