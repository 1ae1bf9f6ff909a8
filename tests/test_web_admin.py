"""Behind the login: who is let in, for how long, and what is forged. Also the fixtures of the other admin tests."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Lock
from time import perf_counter, sleep

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from corpus.library import Library
from tests.entrances import administration as administration
from tests.entrances import client as client
from tests.entrances import store as store
from tests.entrances import visitor as visitor
from tests.offices import PASSWORD, SAME_SITE, WHO, send, sign_in, token_in
from tests.pages import BROWSER
from tests.postgres import database_url as database_url
from tests.scripted import Scripted
from web.admin.administration import Administration, administration_of
from web.admin.entrance import PER_ACCOUNT, PER_ADDRESS, Entrance, NotLetIn
from web.admin.forgery import Forgery
from web.admin.frame import COOKIE
from web.admin.login import AT_ONCE, PATH, VISITOR
from web.admin.passwords import WeakPassword, hashed, matches, refreshed
from web.app import create_app
from web.store import Store, open_store
from web.store.audit import Action
from web.store.database import in_utc
from web.store.sessions import IDLE, LONGEST
from web.store.tables import attempts, sessions

PAGES = ["/admin", "/admin/uploads", "/admin/documents", "/admin/log"]


def test_without_signing_in_there_is_only_the_door(visitor: TestClient) -> None:
    for page in [*PAGES, "/admin/uploads/" + "0" * 32, "/admin/publications/x", "/admin/documents/daxing-2026-22"]:
        answer = visitor.get(page, params={"a": "1"})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(PATH)
    assert visitor.get("/admin/log?who=x").headers["location"] == f"{PATH}?next=/admin/log%3Fwho%3Dx"
    assert visitor.get(PATH).status_code == 200


def test_signing_in_leads_back_to_where_one_wanted_to_go(visitor: TestClient) -> None:
    page = visitor.get("/admin/log?action=登录", follow_redirects=True).text
    assert 'value="/admin/log?action=%E7%99%BB%E5%BD%95"' in page
    answer = sign_in(visitor, next="/admin/log?action=%E7%99%BB%E5%BD%95")
    assert answer.headers["location"] == "/admin/log?action=%E7%99%BB%E5%BD%95"
    assert visitor.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/admin", "/", "/adminx", "/admin/login", "/admin\\..\\x", "x"]
)
def test_signing_in_leads_nowhere_else(visitor: TestClient, elsewhere: str) -> None:
    assert sign_in(visitor, next=elsewhere).headers["location"] == "/admin"


def test_every_page_opens(client: TestClient) -> None:
    for page in [*PAGES, "/admin/documents/daxing-2026-22"]:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert answer.headers["cache-control"] == "private, no-store"
        assert WHO in answer.text
    assert client.get("/admin/documents/none").status_code == 404
    assert client.get("/admin/uploads/none").status_code == 404
    assert client.get("/admin/publications/none").status_code == 404


def test_the_cookie(visitor: TestClient) -> None:
    cookies = sign_in(visitor).headers.get_list("set-cookie")
    mine = next(each for each in cookies if each.startswith(COOKIE)).lower()
    assert all(part in mine for part in ("httponly", "samesite=lax", "path=/admin"))
    assert "secure" not in mine
    assert "max-age" not in mine


def test_the_cookie_over_https(library: Library, store: Store, administration: Administration) -> None:
    app = create_app(Scripted(library), store, administration=administration)
    with TestClient(app, base_url="https://wen.example", headers=BROWSER, follow_redirects=False) as client:
        cookies = sign_in(client).headers.get_list("set-cookie")
    mine = [each.lower() for each in cookies if each.startswith(COOKIE)]
    assert mine
    assert all("secure" in each for each in mine)


def test_a_session_is_known_to_the_database_by_its_hash_only(client: TestClient, store: Store, tmp_path: Path) -> None:
    token = client.cookies[COOKIE]
    assert token.encode() not in (tmp_path / "yiyang.db").read_bytes()
    assert store.sessions.find(token) is not None


def test_signing_out_ends_the_session(client: TestClient, store: Store) -> None:
    token = client.cookies[COOKIE]
    assert send(client, "/admin/logout").headers["location"] == PATH
    client.cookies.set(COOKIE, token, path="/admin")
    assert client.get("/admin").status_code == 303
    assert store.sessions.find(token) is None


@pytest.mark.parametrize(
    ("column", "ago", "is_over"),
    [
        ("expires_at", timedelta(seconds=1), True),
        ("last_seen_at", IDLE + timedelta(seconds=1), True),
        ("last_seen_at", IDLE - timedelta(minutes=1), False),
    ],
)
def test_a_session_runs_out(client: TestClient, store: Store, column: str, ago: timedelta, is_over: bool) -> None:
    with store.database.writing() as connection:
        connection.execute(update(sessions).values(**{column: datetime.now(UTC) - ago}))
    assert (client.get("/admin").status_code == 303) is is_over
    # what was used is good for another while
    assert (store.sessions.find(client.cookies[COOKIE]) is None) is is_over


def test_a_page_that_looks_by_itself_keeps_nobody_signed_in(client: TestClient, store: Store) -> None:
    """A page with a bar of progress asks every second, whether or not anybody sits before it."""
    script = {"x-fragment": "1"}
    nearly = left_for(store, IDLE - timedelta(minutes=2))
    assert client.get("/admin/uploads", headers=script).status_code == 200
    assert seen_at(store) == nearly
    left_for(store, IDLE + timedelta(seconds=1))
    assert client.get("/admin/uploads", headers=script).status_code == 401
    for method, headers in (("GET", {}), ("POST", script)):
        left = left_for(store, IDLE - timedelta(minutes=2))
        client.request(method, "/admin/uploads", headers=headers)
        assert seen_at(store) > left


def left_for(store: Store, span: timedelta) -> datetime:
    """Have nobody been seen for so long; returns since when."""
    at = datetime.now(UTC) - span
    with store.database.writing() as connection:
        connection.execute(update(sessions).values(last_seen_at=at))
    return at


def seen_at(store: Store) -> datetime:
    with store.database.reading() as connection:
        return in_utc(connection.execute(select(sessions.c.last_seen_at)).scalar_one())


def test_a_session_lasts_no_longer_than_a_working_day(client: TestClient, store: Store) -> None:
    session = store.sessions.find(client.cookies[COOKIE])
    assert session is not None
    assert timedelta(0) < session.expires_at - datetime.now(UTC) <= LONGEST


@pytest.mark.parametrize("how", ["disable", "set_password"])
def test_an_account_that_is_disabled_or_changed_is_out_at_once(client: TestClient, store: Store, how: str) -> None:
    if how == "disable":
        store.accounts.disable(WHO)
    else:
        store.accounts.set_password(WHO, hashed("another-good-one", WHO))
    assert client.get("/admin").status_code == 303
    assert sign_in(client).status_code == 403


# --- the password


def test_an_unknown_name_a_wrong_password_and_a_disabled_account_get_the_same_answer(
    visitor: TestClient, store: Store
) -> None:
    store.accounts.add("停用者", hashed(PASSWORD, "停用者"))
    store.accounts.disable("停用者")
    answers = [
        sign_in(visitor, name, word) for name, word in [("无此人", PASSWORD), (WHO, "wrong"), ("停用者", PASSWORD)]
    ]
    bodies = {re.sub(r'value="[^"]*"|autofocus', "", answer.text) for answer in answers}
    assert {answer.status_code for answer in answers} == {403}
    assert len(bodies) == 1
    assert "账号或密码不对" in bodies.pop()


def test_an_unknown_name_takes_as_long(store: Store) -> None:
    kept = hashed(PASSWORD, WHO)
    known = [timed(lambda: matches("wrong word here", kept)) for _ in range(5)]
    unknown = [timed(lambda: matches("wrong word here", None)) for _ in range(5)]
    assert 0.4 < min(unknown) / min(known) < 2.5


def timed(do: Callable[[], object]) -> float:
    began = perf_counter()
    do()
    return perf_counter() - began


def test_passwords_are_kept_as_argon2id(store: Store) -> None:
    account = store.accounts.named(WHO)
    assert account is not None
    assert extract_parameters(account.password_hash).type is Type.ID
    assert PASSWORD not in account.password_hash
    assert matches(PASSWORD, account.password_hash)
    assert not matches(PASSWORD + " ", account.password_hash)


def test_a_hash_of_other_parameters_is_renewed_when_the_password_is_right(visitor: TestClient, store: Store) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    store.accounts.add("旧账号", weak)
    assert sign_in(visitor, "旧账号", "wrong-password").status_code == 403
    assert sign_in(visitor, "旧账号").status_code == 303
    account = store.accounts.named("旧账号")
    assert account is not None
    assert account.password_hash != weak
    assert refreshed(PASSWORD, account.password_hash) is None
    assert matches(PASSWORD, account.password_hash)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "至少 10"),
        ("九个字的密码不够长", "至少 10"),
        ("x" * 201, "至多 200"),
        ("1234567890", "太常见"),
        ("Password123", "太常见"),
        ("１２３４５６７８９０", "太常见"),
        ("aaaaaaaaaaaa", "太常见或太简单"),
        ("ababababababab", "太常见或太简单"),
        ("wangfang2024", "账号名"),
    ],
)
def test_what_is_no_password(password: str, why: str) -> None:
    with pytest.raises(WeakPassword, match=why):
        hashed(password, "wangfang")


@pytest.mark.parametrize(
    "password",
    ["春暖花开面朝大海二〇二六", "correct horse battery", "wangfang likes the sea", "\ud800 is no sign at all"],
)
def test_what_is_a_password(password: str) -> None:
    assert matches(password, hashed(password, "wangfang"))


# --- how often


def test_after_five_failures_even_the_right_password_waits(visitor: TestClient, store: Store) -> None:
    for _ in range(PER_ACCOUNT.amount):
        assert sign_in(visitor, password="wrong").status_code == 403
    answer = sign_in(visitor)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 15 * 60
    assert re.search("请 1[45] 分钟后再试", answer.text)
    store.accounts.add("别人", hashed(PASSWORD, "别人"))
    assert sign_in(visitor, "别人").status_code == 303


def test_a_restart_does_not_reset_the_count(
    library: Library, store: Store, tmp_path: Path, visitor: TestClient
) -> None:
    for _ in range(PER_ACCOUNT.amount):
        sign_in(visitor, password="wrong")
    again = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
    app = create_app(Scripted(library), again, administration=administration_of(tmp_path, again))
    with TestClient(app, headers=BROWSER, follow_redirects=False) as client:
        assert sign_in(client).status_code == 429
    with again.database.writing() as connection:
        connection.execute(update(attempts).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    with TestClient(app, headers=BROWSER, follow_redirects=False) as client:
        assert sign_in(client).status_code == 303
    again.close()


def test_signing_in_clears_the_count(visitor: TestClient) -> None:
    for _ in range(3):
        for _ in range(PER_ACCOUNT.amount - 1):
            assert sign_in(visitor, password="wrong").status_code == 403
        assert sign_in(visitor).status_code == 303
        visitor.cookies.clear()


def test_one_household_is_one_address(library: Library, store: Store, administration: Administration) -> None:
    """Whoever has one address of IPv6 has as many as they like."""
    app = create_app(Scripted(library), store, administration=administration)
    for number in range(PER_ACCOUNT.amount + 1):
        client = TestClient(app, headers=BROWSER, client=(f"2001:db8::{number + 1:x}", 50_000))
        status = sign_in(client, password="wrong").status_code
    assert status == 429


def test_who_is_refused_leaves_no_counter_for_every_name(store: Store) -> None:
    entrance, kept = Entrance(store), select(func.count()).select_from(attempts)
    for number in range(PER_ADDRESS.amount + 20):
        with pytest.raises(NotLetIn):
            entrance.enter(f"无名{number}", "wrong password", "203.0.113.9")
    with store.database.reading() as connection:
        assert connection.execute(kept).scalar_one() == PER_ADDRESS.amount + 1


def test_few_passwords_are_checked_at_once(visitor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes 64 MiB: thirty at once took two gigabytes, from somebody who knows no password."""
    under_way, most, lock = [0], [0], Lock()

    def counted(password: str, kept: str | None) -> bool:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        sleep(0.05)
        with lock:
            under_way[0] -= 1
        return False

    monkeypatch.setattr("web.admin.entrance.matches", counted)
    token = token_in(visitor.get(PATH).text)
    with ThreadPoolExecutor(12) as pool:
        form = {"csrf": token, "password": "wrong password"}
        sent = [pool.submit(visitor.post, PATH, data=form | {"name": f"人{n}"}, headers=SAME_SITE) for n in range(12)]
        assert {each.result().status_code for each in sent} == {403}
    assert most[0] == AT_ONCE


def test_a_name_that_no_account_can_have_is_refused_like_any_other(database_url: str) -> None:
    opened = open_store(database_url)
    with pytest.raises(NotLetIn, match="账号或密码不对"):
        Entrance(opened).enter("admin\0", PASSWORD, "203.0.113.9")
    opened.close()


def test_one_address_may_not_try_many_names(store: Store) -> None:
    entrance = Entrance(store)
    for number in range(PER_ADDRESS.amount):
        with pytest.raises(NotLetIn) as refused:
            entrance.enter(f"人{number}", "x" * 12, "192.0.2.7")
        assert refused.value.retry_after == 0
    with pytest.raises(NotLetIn) as refused:
        entrance.enter(WHO, PASSWORD, "192.0.2.7")
    assert refused.value.retry_after > 0
    assert entrance.enter(WHO, PASSWORD, "192.0.2.8")


def test_trying_at_the_same_time_gains_nothing(store: Store) -> None:
    entrance = Entrance(store)

    def attempt(number: int) -> int:
        with pytest.raises(NotLetIn) as refused:
            entrance.enter(WHO, f"wrong number {number}", "192.0.2.9")
        return refused.value.retry_after

    with ThreadPoolExecutor(6) as pool:
        waits = [*pool.map(attempt, range(12))]
    assert sum(wait == 0 for wait in waits) == PER_ACCOUNT.amount


# --- forged


FORGED = ["", "x", "eyJ.x.y", Forgery(b"another secret").token("x")]


@pytest.mark.parametrize("token", FORGED, ids=["none", "short", "malformed", "of-another-server"])
def test_a_form_without_its_token_does_nothing(client: TestClient, store: Store, token: str) -> None:
    answer = client.post("/admin/logout", data={"csrf": token}, headers=SAME_SITE)
    assert answer.status_code == 403
    assert "页面已过期" in answer.text
    assert "没有作任何更改" in answer.text
    assert store.sessions.find(client.cookies[COOKIE]) is not None


def test_a_token_of_another_session_is_none(client: TestClient, store: Store) -> None:
    page = client.get("/admin").text
    mine = client.cookies[COOKIE]
    client.cookies.clear()
    assert sign_in(client).status_code == 303
    answer = client.post("/admin/logout", data={"csrf": token_in(page)}, headers=SAME_SITE)
    assert answer.status_code == 403
    assert store.sessions.find(mine) is not None


@pytest.mark.parametrize(
    ("headers", "is_let_through"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "http://testserver"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://["}, False),
        ({}, True),
    ],
)
def test_a_form_from_another_site_does_nothing_even_with_its_token(
    client: TestClient, headers: dict[str, str], is_let_through: bool
) -> None:
    token = token_in(client.get("/admin").text)
    answer = client.post("/admin/logout", data={"csrf": token}, headers=headers)
    assert answer.status_code == (303 if is_let_through else 403)


def test_every_route_behind_the_login_insists(client: TestClient, library: Library, store: Store) -> None:
    """Of those that there are and those that will be: no route under /admin is open, no POST goes without a token."""
    app = client.app
    assert isinstance(app, FastAPI)
    found = [(route.path or "", route.methods or set()) for route in iter_route_contexts(app.routes)]
    mine = [(re.sub(r"\{[^}]*\}", "x", path), methods) for path, methods in found if path.startswith("/admin")]
    assert len(mine) >= 17
    for path, methods in (each for each in mine if each[0] != PATH):
        stranger = TestClient(app, headers=BROWSER, follow_redirects=False)
        if "POST" in methods:
            assert client.post(path, data={"csrf": "x"}, headers=SAME_SITE).status_code == 403, path
            refused = stranger.post(path, data={"a": "b"})
            assert (refused.status_code, "登录" in refused.text) == (403, True), path
        else:
            assert stranger.get(path).headers["location"].startswith(PATH), path


def test_signing_in_is_protected_too(visitor: TestClient) -> None:
    good = {"name": WHO, "password": PASSWORD}
    assert visitor.post(PATH, data=good, headers=SAME_SITE).status_code == 403
    token = token_in(visitor.get(PATH).text)
    assert visitor.post(PATH, data={**good, "csrf": token}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    visitor.cookies.delete(VISITOR)
    answer = visitor.post(PATH, data={**good, "csrf": token}, headers=SAME_SITE)
    assert answer.status_code == 403
    assert "登录页已过期" in answer.text
    assert f'value="{WHO}"' in answer.text


def test_the_cookie_of_the_door_is_not_the_one_of_the_chat(visitor: TestClient) -> None:
    """Whoever leaves a counter would leave that behind."""
    visitor.cookies.set("yiyang_visitor", "0" * 32)
    answer = visitor.get(PATH)
    assert "0" * 32 not in str(answer.headers.get_list("set-cookie"))
    visitor.cookies.set("yiyang_visitor", "1" * 32)  # it changed while somebody was signing in
    good = {"csrf": token_in(answer.text), "name": WHO, "password": PASSWORD}
    assert visitor.post(PATH, data=good, headers=SAME_SITE).status_code == 303


def test_a_token_of_the_door_opens_no_form_inside(client: TestClient, store: Store) -> None:
    session = store.sessions.find(client.cookies[COOKIE])
    assert session is not None
    stranger = TestClient(client.app, headers=BROWSER, cookies={VISITOR: session.id})
    forged = token_in(stranger.get(PATH).text)
    assert client.post("/admin/logout", data={"csrf": forged}, headers=SAME_SITE).status_code == 403


def test_another_site_cannot_have_its_form_sent_by_who_signs_in(visitor: TestClient) -> None:
    planted = {"action": "/admin/keys/create", "kept.name": "evil", "name": WHO}
    answer = visitor.post(PATH, data=planted, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert "evil" not in answer.text
    assert "evil" in visitor.post(PATH, data=planted, headers=SAME_SITE).text


@pytest.mark.parametrize("signed_in", [False, True])
def test_only_a_file_may_be_as_large_as_a_file(visitor: TestClient, signed_in: bool) -> None:
    if signed_in:
        sign_in(visitor)
    form = {"content-type": "application/x-www-form-urlencoded", **SAME_SITE}
    answer = visitor.post("/admin/uploads", content=b"a=" + b"%41" * 30_000, headers=form)
    assert answer.status_code == 413
    assert len(answer.content) < 10_000


# --- a form that came too late


def test_a_form_sent_after_the_session_ended_is_not_lost(visitor: TestClient, store: Store) -> None:
    typed = '标题 <b>"引号"</b>\n第二行'
    late = visitor.post(
        "/admin/uploads/" + "0" * 32 + "/facts",
        data={"csrf": "old", "title": typed, "region": "全国"},
        headers=SAME_SITE,
    )
    assert late.status_code == 403
    assert "您填写的内容已保留" in late.text
    fields = dict(hidden(late.text))
    assert fields["kept.title"] == typed.replace("\n", "\n")
    assert "kept.csrf" not in fields
    again = visitor.post(PATH, data={**fields, "name": WHO, "password": PASSWORD}, headers=SAME_SITE)
    assert again.status_code == 200
    assert "请再确认一次" in again.text
    kept = dict(hidden(again.text))
    assert (kept["title"], kept["region"]) == (typed, "全国")
    action = re.search(r'class="card" action="([^"]+)"', again.text)
    assert action is not None
    assert action[1] == f"/admin/uploads/{'0' * 32}/facts"
    # it is sent with the token of the new session: it gets past the door
    assert visitor.post(action[1], data=kept, headers=SAME_SITE).status_code == 404


def test_a_wrong_password_in_between_loses_nothing(visitor: TestClient) -> None:
    late = visitor.post("/admin/publications/x/override", data={"reason": "新版修订了条文"}, headers=SAME_SITE)
    refused = visitor.post(PATH, data={**dict(hidden(late.text)), "name": WHO, "password": "wrong"}, headers=SAME_SITE)
    assert dict(hidden(refused.text))["kept.reason"] == "新版修订了条文"


def test_nothing_is_kept_of_a_form_from_another_site(visitor: TestClient) -> None:
    late = visitor.post("/admin/uploads/x/discard", data={"a": "b"}, headers={"sec-fetch-site": "cross-site"})
    assert not any(name.startswith("kept.") for name, _ in hidden(late.text))


@pytest.mark.parametrize("headers", [{"origin": "http://["}, {"referer": "http://["}])
@pytest.mark.parametrize("address", [PATH, "/admin/uploads/x/discard"])
def test_an_address_that_cannot_be_read_is_refused_in_words(
    visitor: TestClient, address: str, headers: dict[str, str]
) -> None:
    answer = visitor.post(address, data={"reason": "x"}, headers=headers)
    assert answer.status_code == 403
    assert "登录" in answer.text
    is_kept = any(name.startswith("kept.") for name, _ in hidden(answer.text))
    assert is_kept is ("referer" in headers and address != PATH)  # not what another site may have sent


@pytest.mark.parametrize("action", ["https://evil.example/", "/ask", "//evil.example/admin", "/admin/login"])
def test_what_was_kept_goes_nowhere_else(visitor: TestClient, action: str) -> None:
    answer = sign_in(visitor, action=action, **{"kept.a": "b"})
    assert answer.status_code == 303


def test_a_script_is_told_that_nobody_is_signed_in(visitor: TestClient) -> None:
    answer = visitor.get("/admin/uploads", headers={"x-fragment": "1"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "signed_out"


def hidden(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return [(unescape(name), unescape(value)) for name, value in found if name not in ("back",)]


# --- the log


def test_who_came_and_who_was_refused_is_written_down(client: TestClient, store: Store) -> None:
    client.cookies.clear()
    sign_in(client, password="not-the-password")
    sign_in(client, name="my secret password", password="x")
    entries = store.audit.page(None, None, 0, 10)
    assert [each.action for each in entries] == [Action.SIGN_IN_FAILED, Action.SIGN_IN_FAILED, Action.SIGNED_IN]
    assert "不存在的账号" in entries[0].detail
    assert WHO in entries[1].detail
    assert entries[2].who == WHO
    # what was typed may be a password in the wrong box
    assert all(words not in f"{each.who}{each.detail}" for each in entries for words in ("secret", "not-the"))


def test_the_log_is_only_ever_added_to(client: TestClient, store: Store) -> None:
    for change in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="append-only"), store.database.writing() as connection:
            connection.execute(text(change))
    assert store.audit.count(None, None) == 1


def test_personal_data_is_masked_in_the_log(store: Store) -> None:
    store.audit.record(WHO, Action.UPLOADED, "张三 11010519491231002X 的材料.docx，电话 13800138000")
    [entry] = store.audit.page(WHO, None, 0, 1)
    assert "11010519491231002X" not in entry.detail
    assert "13800138000" not in entry.detail
    assert "的材料.docx" in entry.detail


def test_the_log_is_shown_a_page_at_a_time_and_filtered(client: TestClient, store: Store) -> None:
    for number in range(120):
        store.audit.record("李四" if number % 2 else WHO, Action.UPLOADED, f"文件{number}号")
    first = client.get("/admin/log").text
    assert "文件119号" in first
    assert "文件60号" not in first
    assert "第 1 / 3 页" in first
    assert "文件10号" in client.get("/admin/log?page=3").text
    assert client.get("/admin/log?page=999999999999999999999").status_code == 200
    assert client.get("/admin/log?page=-1").status_code == 200
    theirs = client.get("/admin/log", params={"who": "李四", "action": "上传"}).text
    assert "共 60 条" in theirs
    assert "文件118号" not in theirs
    assert "共 1 条" in client.get("/admin/log", params={"action": "登录"}).text
    assert "共 0 条" in client.get("/admin/log", params={"who": "<script>"}).text


def test_passwords_never_reach_the_database(client: TestClient, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "yiyang.db")
    dump = "\n".join(connection.iterdump())
    connection.close()
    assert PASSWORD not in dump
