"""Ten thousand questions that nobody asks in good faith, over real HTTP, to the real program over the real index."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import count, islice
from pathlib import Path
from random import Random
from time import perf_counter, time
from typing import Any
from urllib.parse import urlencode

import pytest
from selectolax.lexbor import LexborHTMLParser

from assistant.pipeline import Assistant
from corpus.library import Library
from eval.server import HOST
from tests.abused import WECHAT_TOKEN, Abused, abused
from tests.hostile import MARK, SPY, Hostile, percent
from web.wechat.crypto import signature

pytestmark = pytest.mark.xdist_group("abuse")
QUESTIONS = 10_000
SEED = 20260101
CLIENTS = 4
SLOW = 2.0
"""Seconds that no answer may take; one that does, on a machine that is busy, is asked for once more, alone."""
LARGE = 10 * 1024 * 1024
PASSWORD, OURS, THEIRS = "口令不得外传七二一", "yy_k7k7k7k7_theSecretOfNobody0123456789", "sk-theSecretOfSomebodyElse"
"""A password and keys: one in the form of ours, and one that clients of OpenAI's interface send everywhere."""
_JSON, _FORM = {"Content-Type": "application/json"}, {"Content-Type": "application/x-www-form-urlencoded"}
_HTML = {"Accept": "text/html,application/xhtml+xml"}
_NARROW = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
# What an address in a page may begin with: a path of this site, a place on the page, a query.
_OURS = re.compile(r"/(?![/\\])|#|\?|$")


@dataclass(frozen=True)
class Call:
    """A request; large bodies come in pieces."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | Iterable[bytes] | None = None
    is_large: bool = False


@dataclass(frozen=True)
class Reply:
    """What came back; status 0 where the server hung up."""

    call: Call
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float

    @property
    def kind(self) -> str:
        return dict(self.headers).get("content-type", "").partition(";")[0]


# The requests


def calls(hostile: Hostile) -> Iterator[Call]:
    """Without end, in the proportions of what people and programs send."""
    numbers = count()
    kinds: tuple[tuple[int, Callable[[], Call]], ...] = (
        (44, lambda: _posted(hostile, "/api/v1/ask", {}, "question")),
        (12, lambda: _form(hostile)),
        (9, lambda: Call("GET", f"/api/v1/search?q={percent(hostile.words())}&{_field(hostile)}", {})),
        (9, lambda: Call("GET", f"/api/v1/suggestions?q={percent(hostile.words())}", {})),
        (6, lambda: _chat(hostile)),
        (6, lambda: _wechat(hostile, next(numbers))),
        (5, lambda: Call("GET", f"/documents/changning-2025-2?find={percent(hostile.words())}", _HTML)),
        (2, lambda: Call("GET", f"/documents/{hostile.name()}?find={percent(hostile.words())}", _HTML)),
        (2, lambda: Call("GET", f"/api/v1/documents/{hostile.name()}/provisions/{hostile.name()}", {})),
        (2, lambda: Call("GET", f"/library?q={percent(hostile.words())}&{_field(hostile)}", _HTML)),
        (2, lambda: Call("GET", f"/ledger?words={percent(hostile.words())}&{_field(hostile)}", _HTML)),
        (1, lambda: Call("GET", f"/compare?subject={percent(hostile.words())}&{_field(hostile)}", _HTML)),
        (1, lambda: _login(hostile)),
    )
    weights, makers = zip(*kinds, strict=True)
    while True:
        made: Call = hostile.random.choices(makers, weights)[0]()
        yield made


def _posted(hostile: Hostile, path: str, fields: dict[str, object], name: str) -> Call:
    odd = hostile.random.random() < 0.03
    kind = hostile.random.choice(("text/plain", "application/xml", "application/json; charset=gb18030", "*/*"))
    return Call("POST", path, {"Content-Type": kind} if odd else _JSON, hostile.body(fields, name))


def _form(hostile: Hostile) -> Call:
    names = ("question", hostile.random.choice(("conversation", "region", "document", "as_of", "today", MARK)))
    fields = "&".join(f"{name}={percent(hostile.words())}" for name in names)
    script = hostile.random.choice(({}, {"X-Fragment": "1"}))
    return Call("POST", "/ask", {**_HTML, **_FORM, **script}, fields.encode())


def _chat(hostile: Hostile) -> Call:
    if hostile.random.random() < 0.5:
        return _posted(hostile, "/v1/chat/completions", {"model": "yiyang"}, "messages")
    stream = hostile.random.random() < 0.2
    said = [{"role": "user", "content": hostile.words()} for _ in range(hostile.random.randint(1, 2))]
    body = {"model": "yiyang", "messages": said, "stream": stream}
    headers = {**_JSON, "Authorization": f"Bearer {THEIRS}"}
    return Call("POST", "/v1/chat/completions", headers, json.dumps(body).encode())


def _wechat(hostile: Hostile, number: int) -> Call:
    words = hostile.words()
    body = f"<xml><ToUserName>gh_1</ToUserName><FromUserName>o{number}</FromUserName><CreateTime>1</CreateTime>"
    body += f"<MsgType>text</MsgType><Content><![CDATA[{words}]]></Content><MsgId>{number}</MsgId></xml>"
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><xml>&a;&b;</xml>'
    now, nonce = str(int(time())), str(number)
    token = WECHAT_TOKEN if number % 5 else "forged"
    query = {"timestamp": now, "nonce": nonce, "signature": signature(token, now, nonce)}
    sent = (body if number % 7 else bomb).encode("utf-8", "surrogatepass")
    return Call("POST", f"/wechat/callback?{urlencode(query)}", {"Content-Type": "text/xml"}, sent)


def _login(hostile: Hostile) -> Call:
    if hostile.random.random() < 0.3:
        return Call(
            "GET", f"/admin/login?next={percent(hostile.random.choice(('//evil.example', hostile.words())))}", _HTML
        )
    fields = f"name={percent(hostile.words())}&password={percent(PASSWORD)}&next={percent(hostile.words())}"
    headers = {**_HTML, **_FORM, "Cookie": f"yiyang_visitor={MARK}", "Authorization": f"Bearer {OURS}"}
    return Call("POST", "/admin/login", headers, fields.encode())


def _field(hostile: Hostile) -> str:
    if hostile.random.random() < 0.5:
        return ""
    names = ("region", "document_id", "as_of", "limit", "sort", "page", "document", "force", "standing", MARK)
    return f"{hostile.random.choice(names)}={percent(hostile.words())}"


def large() -> Iterator[Call]:
    """Ten megabytes, announced and not."""
    for path, headers in (("/api/v1/ask", _JSON), ("/ask", {**_FORM, **_HTML}), ("/v1/chat/completions", _JSON)):
        whole = b'{"question": "' + b"0" * LARGE + b'"}'
        yield Call("POST", path, headers, whole, is_large=True)
        yield Call("POST", path, headers, [whole[at : at + 65536] for at in range(0, LARGE, 65536)], is_large=True)


# Sending them


class Client:
    """One connection after another."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = HTTPConnection(HOST, port, timeout=60)

    def close(self) -> None:
        self._connection.close()

    def send(self, call: Call) -> Reply:
        began = perf_counter()
        try:
            self._send(call)
            response = self._connection.getresponse()
            body = response.read()
            if response.will_close:
                self._connection.close()
            headers = tuple((name.lower(), value) for name, value in response.getheaders())
            return Reply(call, response.status, headers, body, perf_counter() - began)
        except (OSError, HTTPException) as error:
            self._connection.close()
            return Reply(call, 0, (), repr(error).encode(), perf_counter() - began)

    def _send(self, call: Call) -> None:
        try:
            self._connection.request(call.method, call.path, call.body, dict(call.headers))
        except OSError:
            if not call.is_large:  # of a large one, the answer may come before all of it is sent
                raise


@dataclass(frozen=True)
class Ordeal:
    """What the server went through."""

    server: Abused
    replies: tuple[Reply, ...]
    personal: frozenset[str]


@pytest.fixture(scope="module")
def ordeal(home: Path, assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ordeal]:
    hostile = Hostile(Random(SEED))
    asked = [*islice(calls(hostile), QUESTIONS), *large()]
    with abused(home, tmp_path_factory.mktemp("fuzz")) as server:

        def work(share: Iterable[Call]) -> list[Reply]:
            with closing(Client(server.server.port)) as client:
                return [client.send(call) for call in share]

        with ThreadPoolExecutor(CLIENTS) as pool:
            shares = [*pool.map(work, (asked[place::CLIENTS] for place in range(CLIENTS)))]
        replies = [reply for share in shares for reply in share]
        with closing(Client(server.server.port)) as client:
            again = [client.send(reply.call) if reply.seconds > SLOW else reply for reply in replies]
        yield Ordeal(server, tuple(again), frozenset(hostile.personal))


# What must hold


def test_every_question_gets_an_answer_and_none_is_a_fault(ordeal: Ordeal) -> None:
    assert len(ordeal.replies) >= QUESTIONS
    assert [_told(reply) for reply in ordeal.replies if not 200 <= reply.status < 500] == []


def test_some_questions_of_every_kind_are_answered_and_some_refused(ordeal: Ordeal) -> None:
    seen: dict[str, set[int]] = {}
    for reply in ordeal.replies:
        path = reply.call.path.partition("?")[0]
        seen.setdefault("/".join(path.split("/")[:4]), set()).add(reply.status)
    for path in ("/api/v1/ask", "/ask", "/api/v1/search", "/api/v1/suggestions", "/v1/chat/completions", "/compare"):
        assert {200, 422} <= seen[path], path
    assert {200, 403} <= seen["/wechat/callback"]
    assert 404 in {status for path, found in seen.items() if path.startswith("/documents") for status in found}


def test_large_bodies_are_refused_in_words(ordeal: Ordeal) -> None:
    assert {reply.status for reply in ordeal.replies if reply.call.is_large} == {413}


def test_no_answer_takes_long(ordeal: Ordeal) -> None:
    assert [_told(reply) for reply in ordeal.replies if reply.seconds > SLOW] == []


def test_no_element_attribute_or_address_of_a_page_comes_from_what_was_typed(ordeal: Ordeal) -> None:
    pages = [reply for reply in ordeal.replies if reply.kind == "text/html"]
    assert len(pages) > QUESTIONS // 10
    assert [(_told(page), found) for page in pages if (found := _foreign(page.body))] == []


def test_words_with_markup_come_back_as_text_only(ordeal: Ordeal) -> None:
    """Otherwise the test before this one would look at pages in which nothing was smuggled."""
    shown = [
        reply
        for reply in ordeal.replies
        if reply.kind == "text/html" and b"&lt;" in reply.body and MARK.encode() in reply.body
    ]
    assert len(shown) > 50


def test_no_header_comes_from_what_was_typed(ordeal: Ordeal) -> None:
    names = {name for reply in ordeal.replies for name, _ in reply.headers}
    assert not [name for name in names if MARK in name]
    leads = [value for reply in ordeal.replies for name, value in reply.headers if name == "location"]
    assert leads
    assert [value for value in leads if not _OURS.match(value)] == []


def test_every_citation_is_the_text_it_cites(ordeal: Ordeal, library: Library) -> None:
    cited = [citation for reply in ordeal.replies for citation in _citations(reply)]
    assert len(cited) > 500
    for citation in cited:
        document = library.get(citation["document_id"])
        assert document.sha256 == citation["document_sha256"]
        assert document.text[citation["start"] : citation["end"]] == citation["quote"]


def test_nothing_personal_is_stored_or_logged(ordeal: Ordeal) -> None:
    assert len(ordeal.personal) > 500
    kept = b"".join(path.read_bytes() for path in ordeal.server.home.glob("*") if path.is_file())
    assert kept.count("已隐去".encode()) > 300
    for said in (kept, ordeal.server.log.read_bytes()):
        found = _numbers(said)
        assert [each for each in ordeal.personal if each in found] == []


def test_a_number_that_was_kept_would_be_seen() -> None:
    for written in ("310105194912310025", "3101 0519 4912 3100 25", "３１０１０５１９４９１２３１００２５"):
        assert "310105194912310025" in _numbers(f"\0他的号码（{written}）".encode())
    assert "li.7@example.com" in _numbers(b"\1li.7@example.com")


def test_the_log_tells_no_question_and_no_secret(ordeal: Ordeal) -> None:
    said = ordeal.server.log.read_text("utf-8")
    assert said.count('"message": "request"') >= QUESTIONS
    for secret in (SPY, MARK, PASSWORD, OURS, THEIRS, WECHAT_TOKEN):
        assert secret not in said
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    told = {line["message"] for line in lines if line["level"] != "info"}
    assert told == {"Invalid HTTP request received."}  # addresses of more than 64 KiB


def test_the_server_is_well_afterwards(ordeal: Ordeal) -> None:
    asked = Call("POST", "/api/v1/ask", _JSON, '{"question": "养老机构内设医务室至少配几名医生？"}'.encode())
    with closing(Client(ordeal.server.server.port)) as client:
        reply = client.send(asked)
    assert "1名主执业点医师" in json.loads(reply.body)["answer"]


def _numbers(said: bytes) -> str:
    """What in a file could be a number of a person or an address, however it is written."""
    text = said.decode("utf-8", "ignore").translate(_NARROW).replace(" ", "")
    return "\n".join(re.findall(r"[0-9]{10,}[0-9X]|[\w.]+@[\w.]+", text))


def _told(reply: Reply) -> str:
    """Enough to send it again."""
    call, body = reply.call, reply.call.body if isinstance(reply.call.body, bytes) else b"..."
    sent = f"{call.method} {call.path[:300]} {body[:300]!r}"
    return f"{reply.status} {reply.seconds:.2f} s: {sent} -> {reply.body[:300]!r}"


def _foreign(page: bytes) -> list[str]:
    """What in a page is not ours: by its name, by what it could run, by where it leads."""
    found = []
    for node in LexborHTMLParser(page).root.traverse():  # type: ignore[union-attr]
        attributes = node.attributes
        if MARK in (node.tag or "") or node.tag in ("iframe", "object", "embed", "base"):
            found.append(str(node.tag))
        if node.tag in ("script", "style") and not (attributes.get("src") or "").startswith("/static/"):
            found.append(str(node.tag))
        for name, value in attributes.items():
            leads = name in ("href", "src", "action", "formaction", "xlink:href", "data")
            if MARK in name or name.startswith("on") or name == "style" or (leads and not _OURS.match(value or "")):
                found.append(f"{node.tag} {name}={value}")
    return found


def _citations(reply: Reply) -> list[dict[str, Any]]:
    if reply.status != 200 or reply.kind != "application/json":
        return []
    body = json.loads(reply.body)
    if reply.call.path == "/v1/chat/completions":
        body = body["choices"][0]["message"]
    found: list[dict[str, Any]] = body.get("citations", [])
    return found
