"""Keys over HTTP: who is let in, who is told what, and what of a key is left behind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.houses import NOON, House, Opening, refused
from tests.houses import opened as opened
from tests.scripted import ASK, DOCTORS
from web.access.admission import ATTEMPTS
from web.access.keyring import READ_AGAIN
from web.access.rules import PAGES, Ground, rule_of
from web.access.settings import AccessSettings
from web.problems import MEDIA_TYPE
from web.store.keys import SCOPES, USE_NOTED, InvalidKey, Key, Keys, UnknownKey

BROWSER = {"accept": "text/html", "sec-fetch-site": "same-origin"}


@pytest.fixture
def house(opened: Opening) -> Iterator[House]:
    """Nothing without a key."""
    with opened(AccessSettings("none")) as house:
        yield house


# Keys


def test_a_key_opens_what_it_is_allowed_and_nothing_else(house: House) -> None:
    token = house.token("ask")
    assert house.ask(token).status_code == 200
    shown = {"authorization": f"Bearer {token}"}
    response = house.client.get("/api/v1/search", params={"q": "护士"}, headers=shown)
    assert "「search」" in refused(response, 403, "key_not_allowed")["detail"]
    challenge = response.headers["www-authenticate"]
    assert challenge == 'Bearer realm="yiyang", error="insufficient_scope", scope="search"'


@pytest.mark.parametrize("ending", ["%0A", "%00", "%0D", "%0A/"])
def test_a_line_feed_behind_an_address_leads_past_no_rule(opened: Opening, ending: str) -> None:
    """Starlette routes «/metrics\\n» as «/metrics»."""
    with opened(AccessSettings("pages", metrics_for="operators")) as house:
        shown = {"authorization": f"Bearer {house.token('ask')}"}
        for path in (
            "/metrics",
            "/api/v1/export",
            "/api/v1/ask/batch",
            "/openapi.json",
            "/healthz",
            "/static/yiyang.css",
        ):
            assert house.client.get(f"{path}{ending}", headers=shown).status_code == 404, path
        assert house.client.post(f"/ask{ending}", data={"question": DOCTORS}).status_code == 404


def test_a_page_of_another_site_cannot_take_a_visitors_place(opened: Opening) -> None:
    """Browsers keep the visitor's cookie from it, and would take another one in its place from the answer."""
    with opened(AccessSettings("all")) as house:
        sent = {"question": DOCTORS}
        mine = house.client.post("/ask", data=sent, headers=BROWSER, follow_redirects=False)
        assert (mine.status_code, "yiyang_visitor" in mine.headers["set-cookie"]) == (303, True)
        house.client.cookies.clear()
        elsewhere = BROWSER | {"sec-fetch-site": "cross-site"}
        for path, form in (("/ask", sent), ("/history/keep", {"kept": "1"}), ("/history/leave", {})):
            answer = house.client.post(path, data=form, headers=elsewhere, follow_redirects=False)
            assert (answer.status_code, "set-cookie" in answer.headers) == (403, False), path
            assert "请从本站提交" in answer.text
        assert house.client.post(ASK, json=sent, headers={"sec-fetch-site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("ask", "POST", ASK),
        ("ask", "GET", "/api/v1/suggestions?q=护士"),
        ("ask", "POST", "/api/v1/feedback"),
        ("ask", "POST", "/v1/chat/completions"),
        ("search", "GET", "/api/v1/search?q=护士"),
        ("documents", "GET", "/api/v1/documents"),
        ("documents", "GET", "/api/v1/documents/changning-2025-2/text"),
        ("documents", "GET", "/api/v1/references/missing"),
        ("documents", "GET", "/api/v1/requirements"),
        ("documents", "POST", "/api/v1/verify"),
        ("batch", "POST", "/api/v1/ask/batch"),
        ("export", "GET", "/api/v1/export"),
    ],
)
def test_every_route_asks_for_its_permission(house: House, scope: str, method: str, path: str) -> None:
    def status(*scopes: str) -> int:
        shown = {"authorization": f"Bearer {house.token(*scopes)}"}
        return house.client.request(method, path, headers=shown).status_code

    assert status(*(each for each in SCOPES if each != scope)) == 403
    assert status(scope) not in (401, 403, 429)


def test_every_route_of_the_interface_has_a_rule(house: House) -> None:
    app: Any = house.client.app
    paths = [path for path in app.openapi()["paths"] if path.startswith(("/api/", "/v1/"))]
    assert len(paths) > 10
    for path in paths:
        rule = rule_of(path)
        assert rule.ground is Ground.PROGRAM
        assert rule.scope in SCOPES or path.startswith("/v1/models"), path


def test_nothing_under_the_interface_is_taken_for_a_page(house: House) -> None:
    for path in ("/api", "/api/v2/ask", "/api/v1/none", "/v1", "/v1/files"):
        assert rule_of(path).ground is Ground.PROGRAM
    assert rule_of("/apiary") is PAGES
    assert rule_of("/metrics/x").ground is Ground.METRICS
    refused(house.client.get("/api/v1/none"), 401, "key_required")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "key_required"),
        ("Basic dXNlcjpwYXNz", "key_required"),
        ("yy_000000000000_", "key_required"),
        ("Bearer", "key_invalid"),
        ("Bearer yy_", "key_invalid"),
        ("Bearer " + "x" * 5000, "key_invalid"),
        ("bearer yy_0123456789ab_" + "0" * 48, "key_invalid"),
        ("Bearer yy_' OR 1=1 --", "key_invalid"),
        (b"Bearer \xe5\xaf\x86\xe9\x92\xa5", "key_invalid"),
    ],
)
def test_a_missing_or_a_wrong_key_is_told(house: House, header: str | bytes | None, code: str) -> None:
    headers: Any = {} if header is None else {"authorization": header}
    response = house.client.post(ASK, json={"question": DOCTORS}, headers=headers)
    body = refused(response, 401, code)
    assert response.headers["www-authenticate"].startswith('Bearer realm="yiyang"')
    assert "密钥" in body["detail"]


def test_a_secret_that_is_off_by_one_sign_opens_nothing(house: House) -> None:
    token = house.token("ask")
    assert house.ask(token).status_code == 200  # from here on it is remembered
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    refused(house.ask(wrong), 401, "key_invalid")
    assert house.ask(token).status_code == 200


def test_two_keys_at_once_are_none(house: House) -> None:
    token = house.token("ask")
    headers: Any = [("authorization", f"Bearer {token}"), ("authorization", f"Bearer {token}")]
    refused(house.client.post(ASK, json={"question": DOCTORS}, headers=headers), 401, "key_invalid")


def test_a_revoked_key_stops_within_seconds(house: House) -> None:
    key, token = house.keys.create("小程序", ["ask"])
    assert house.ask(token).status_code == 200
    house.keys.revoke(key.key_id)
    house.clock.advance(seconds=READ_AGAIN + 0.1)
    response = house.ask(token)
    refused(response, 401, "key_revoked")
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


def test_a_revoked_key_stops_at_once_where_it_was_not_in_use(house: House) -> None:
    key, token = house.keys.create("小程序", ["ask"])
    house.keys.revoke(key.key_id)
    refused(house.ask(token), 401, "key_revoked")


def test_a_deleted_key_stops_too(house: House) -> None:
    token = house.token("ask")
    assert house.ask(token).status_code == 200
    with house.store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM api_keys")
    house.clock.advance(seconds=READ_AGAIN + 0.1)
    refused(house.ask(token), 401, "key_invalid")


def test_a_key_is_valid_to_the_end_of_its_last_day_in_beijing(house: House) -> None:
    token = house.token("ask", expires_on=date(2030, 3, 2))
    house.clock.moment = datetime(2030, 3, 2, 15, 59, 59, tzinfo=UTC)
    assert house.ask(token).status_code == 200
    house.clock.advance(seconds=1)
    refused(house.ask(token), 401, "key_expired")


def test_whether_a_key_expired_is_told_to_its_holder_only(house: House) -> None:
    token = house.token("ask", expires_on=date(2030, 3, 1))
    house.clock.advance(days=3)
    refused(house.ask(token[:-4] + "0000"), 401, "key_invalid")


def test_last_use_is_written_once_a_minute(house: House) -> None:
    key, token = house.keys.create("小程序", ["ask"])

    def last_used() -> datetime | None:
        return house.keys.find(key.key_id).last_used_at

    assert last_used() is None
    house.ask(token)
    assert last_used() == NOON
    house.clock.advance(seconds=USE_NOTED.seconds - 1)
    house.ask(token)
    assert last_used() == NOON
    house.clock.advance(seconds=1)
    house.ask(token)
    assert last_used() == NOON + USE_NOTED


def test_the_secret_is_nowhere_but_with_its_holder(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    key, token = house.keys.create("小程序", ["ask"])
    answers = [house.ask(token), house.ask(token[:-1] + "z"), house.client.get("/api/v1/export", headers={})]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    written = "".join(capfd.readouterr())
    secret = token.rpartition("_")[2]
    assert key.key_id.encode() in kept
    assert b"$argon2id$" in kept
    assert secret.encode() not in kept
    assert all(secret not in f"{each.text}{each.headers}" for each in answers)
    assert secret not in f"{caplog.text}{written}{key!r}{house.keys.all()!r}"


# Brute force


def test_wrong_keys_of_an_address_are_slowed_down(house: House) -> None:
    good = house.token("ask")
    wrong = [f"yy_{number:012x}_{'0' * 48}" for number in range(ATTEMPTS)]
    assert [house.ask(each).status_code for each in wrong] == [401] * ATTEMPTS
    response = house.ask(f"yy_{99:012x}_{'0' * 48}")
    assert "60 秒后" in refused(response, 429, "too_many_attempts")["detail"]
    assert response.headers["retry-after"] == "60"
    refused(house.ask(good), 429, "too_many_attempts")  # not even looked at
    house.clock.advance(seconds=60)
    assert house.ask(good).status_code == 200


def test_a_key_in_use_does_not_suffer_from_its_neighbours(house: House) -> None:
    good = house.token("ask")
    assert house.ask(good).status_code == 200
    for _ in range(ATTEMPTS + 1):
        last = house.ask("yy_wrong")
    assert last.status_code == 429
    house.clock.advance(seconds=READ_AGAIN + 1)  # it is read again, and still known
    assert house.ask(good).status_code == 200


def test_wrong_keys_do_not_slip_by_together(opened: Opening) -> None:
    with opened(AccessSettings("none")) as house:
        token = house.token("ask")
        wrong = [f"{token[:-2]}{number:02x}" for number in range(40) if not token.endswith(f"{number:02x}")]
        with ThreadPoolExecutor(8) as pool:
            statuses = [each.status_code for each in pool.map(house.ask, wrong)]
        assert statuses.count(401) == ATTEMPTS
        assert statuses.count(429) == len(wrong) - ATTEMPTS


def test_many_first_uses_at_once_are_one_check(opened: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def counting(self: Keys, token: str, check: Callable[[Keys, str], Key] = Keys.check) -> Key:
        checked.append(token)
        return check(self, token)

    monkeypatch.setattr(Keys, "check", counting)
    with opened(AccessSettings("none")) as house:
        token = house.token("ask")
        with ThreadPoolExecutor(8) as pool:
            assert {each.status_code for each in pool.map(house.ask, [token] * 30)} == {200}
    assert checked == [token]


# Without a key


def test_everything_is_open_where_nothing_was_set(opened: Opening) -> None:
    with opened(AccessSettings()) as house:
        assert house.ask().status_code == 200
        assert house.client.get("/").status_code == 200
        assert house.client.get("/metrics").status_code == 200
        refused(house.ask("yy_wrong"), 401, "key_invalid")  # a wrong key is told even so
        refused(house.ask("sk-any"), 401, "key_invalid")


def test_a_key_that_clients_of_openai_must_send_is_none_where_none_is_needed(opened: Opening) -> None:
    any_key = {"authorization": "Bearer sk-any"}
    ours = {"authorization": f"Bearer yy_{'0' * 12}_{'0' * 48}"}
    with opened(AccessSettings()) as house:
        assert house.client.get("/v1/models", headers=any_key).status_code == 200
        assert house.client.get("/v1/models", headers=ours).status_code == 401
    with opened(AccessSettings("pages")) as house:
        assert house.client.get("/v1/models", headers=any_key).status_code == 401


def test_with_pages_open_programs_need_a_key(opened: Opening) -> None:
    with opened(AccessSettings("pages")) as house:
        for path in ("/", "/documents", "/documents/changning-2025-2", "/docs", "/openapi.json", "/healthz", "/readyz"):
            assert house.client.get(path).status_code == 200, path
        form = {"question": DOCTORS, "conversation": ""}
        assert house.client.post("/ask", data=form, headers=BROWSER).status_code == 200
        assert house.client.post("/ask", data=form).status_code == 200  # a browser that says nothing
        refused(house.ask(), 401, "key_required")
        refused(house.ask(**{"sec-fetch-site": "same-origin"}), 401, "key_required")
        assert house.ask(house.token("ask")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site", "referer": "http://testserver/"}, False),
        ({"referer": "http://testserver/?c=1"}, True),
        ({"origin": "http://testserver"}, True),
        ({"referer": "http://testserver.example.cn/"}, False),
        ({"origin": "null", "referer": "http://testserver/"}, False),
        ({"referer": "http://[/"}, False),
        ({}, False),
    ],
)
def test_scripts_of_the_pages_are_known_by_where_they_are(
    opened: Opening, headers: dict[str, str], is_let_in: bool
) -> None:
    with opened(AccessSettings("pages")) as house:
        response = house.client.get("/api/v1/suggestions", params={"q": "护士"}, headers=headers)
        assert response.status_code == (200 if is_let_in else 401)


def test_with_pages_open_other_sites_cannot_have_visitors_ask(opened: Opening) -> None:
    with opened(AccessSettings("pages")) as house:
        response = house.client.post("/ask", data={"question": DOCTORS}, headers={"sec-fetch-site": "cross-site"})
        refused(response, 403, "not_from_here")
        assert house.client.get("/", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_with_nothing_open_pages_say_so_and_the_way_in_stays_open(house: House) -> None:
    response = house.client.get("/", headers={"accept": "text/html"})
    assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Bearer realm="yiyang"')
    assert "网页不对外开放" in response.text
    for path in ("/docs", "/openapi.json", "/healthz", "/readyz", "/static/yiyang.css"):
        assert house.client.get(path).status_code == 200, path


def test_errors_under_v1_are_in_the_form_of_openai(house: House) -> None:
    error = house.client.get("/v1/models").json()["error"]
    assert (error["type"], error["code"], error["param"]) == ("authentication_error", "key_required", None)
    token = house.token("search")
    response = house.client.post("/v1/chat/completions", headers={"authorization": f"Bearer {token}"})
    assert (response.status_code, response.json()["error"]["type"]) == (403, "permission_error")


def test_metrics_are_for_operators(opened: Opening) -> None:
    with opened(AccessSettings(metrics_for="operators")) as house:
        refused(house.client.get("/metrics"), 401, "key_required")
        shown = {"authorization": f"Bearer {house.token('metrics')}"}
        assert house.client.get("/metrics", headers=shown).status_code == 200
        here = TestClient(house.client.app, client=("127.0.0.1", 50000))
        assert here.get("/metrics").status_code == 200
        passed_on = here.get("/metrics", headers={"x-forwarded-for": "203.0.113.5"})
        assert passed_on.status_code == 401


# Other sites


def test_other_sites_may_call_where_they_are_listed(opened: Opening) -> None:
    site = "https://wen.example.cn"
    asking = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    with opened(AccessSettings("none", origins=(site,))) as house:
        allowed = house.client.options(ASK, headers={"origin": site} | asking)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, site)
        elsewhere = house.client.options(ASK, headers={"origin": "https://evil.example"} | asking)
        assert "access-control-allow-origin" not in elsewhere.headers
        denied = house.ask(origin=site)
        assert (denied.status_code, denied.headers["access-control-allow-origin"]) == (401, site)
        assert "Retry-After" in denied.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in denied.headers


def test_without_a_list_no_other_site_may_call(house: House) -> None:
    assert "access-control-allow-origin" not in house.ask(origin="https://wen.example.cn").headers


@pytest.mark.parametrize("origin", ["wen.example.cn", "https://wen.example.cn/", "https://a/b", "ftp://x"])
def test_an_origin_that_is_none_is_told(origin: str) -> None:
    with pytest.raises(ValueError, match="YIYANG_CORS_ORIGINS"):
        AccessSettings(origins=(origin,))


# The room in the store


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "名称"),
        ({"name": "名" * 81}, "名称"),
        ({"name": "a\nb"}, "名称"),
        ({"scopes": ()}, "权限"),
        ({"scopes": ("ask", "all")}, "权限"),
        ({"expires_on": date(2030, 2, 28)}, "已经过去"),
        ({"per_minute": 0}, "每分钟"),
        ({"per_day": 0}, "每日"),
        ({"per_day": 10**12}, "每日"),
    ],
)
def test_a_key_that_cannot_be_is_not_made(house: House, changes: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {"name": "小程序", "scopes": ("ask",)} | changes
    with pytest.raises(InvalidKey, match=words):
        house.keys.create(**given)
    assert house.keys.all() == ()


def test_keys_are_listed_with_what_they_may(house: House) -> None:
    first, _ = house.keys.create(" 甲 ", ["search", "ask", "ask"], date(2030, 3, 1), 10, 20)
    house.clock.advance(seconds=1)
    second, _ = house.keys.create("乙", ["export"])
    assert house.keys.all() == (second, first)
    assert (first.name, first.scopes, first.expires_on) == ("甲", ("ask", "search"), date(2030, 3, 1))
    assert (first.per_minute, first.per_day, first.created_at) == (10, 20, NOON)
    house.keys.revoke(first.key_id)
    revoked = house.keys.revoke(first.key_id)
    assert (revoked.standing(date(2030, 3, 1)), revoked.revoked_at) == ("revoked", NOON + timedelta(seconds=1))
    with pytest.raises(UnknownKey):
        house.keys.revoke("nobody")
    with pytest.raises(UnknownKey):
        house.keys.usage("nobody", 7)


# The description


def test_the_reference_shows_what_is_needed(opened: Opening) -> None:
    with opened(AccessSettings("pages")) as house:
        app: Any = house.client.app
        document = app.openapi()
        page = house.client.get("/docs").text
    ask, models = document["paths"][ASK]["post"], document["paths"]["/v1/models"]["get"]
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert (ask["security"], models["security"]) == ([{"key": ["ask"]}], [{"key": []}])
    assert {"401", "403", "429"} <= ask["responses"].keys()
    assert MEDIA_TYPE in ask["responses"]["401"]["content"]
    assert "application/json" in models["responses"]["401"]["content"]
    assert "security" not in document["paths"]["/healthz"]["get"]
    assert "Authorization: Bearer" in page
    assert all(words in page for words in SCOPES.values())


def test_where_nothing_is_needed_the_description_says_so(opened: Opening) -> None:
    with opened(AccessSettings()) as house:
        app: Any = house.client.app
        document = app.openapi()
        page = house.client.get("/docs").text
    assert document["security"] == [{}, {"key": []}]
    assert "security" not in document["paths"][ASK]["post"]
    assert {"401", "403", "429"} <= document["paths"][ASK]["post"]["responses"].keys()
    assert "目前不要求密钥" in page
    assert '权限：<a href="#keys"><code>batch</code></a>' in page
