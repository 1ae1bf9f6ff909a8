"""Keys of programs behind the login: the token is told once; what is made opens, what is revoked does not."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.entrances import administration as administration
from tests.entrances import client as client
from tests.entrances import store as store
from tests.entrances import visitor as visitor
from tests.offices import SAME_SITE, WHO, send, token_in
from web.store import Store
from web.store.keys import TOKEN

USUAL: dict[str, Any] = {"name": "区民政局小程序", "scopes": ["ask", "search"], "per_minute": "60", "per_day": "1000"}


def make(client: TestClient, **fields: Any) -> Response:
    token = token_in(client.get("/admin/keys").text)
    return client.post("/admin/keys", data={"csrf": token, **USUAL, **fields}, headers=SAME_SITE)


def token_on(page: str) -> str:
    found = TOKEN.search(page)
    assert found is not None
    return found[0]


def test_a_key_is_made_shown_once_and_opens_what_it_may(client: TestClient, store: Store, tmp_path: Path) -> None:
    last_day = store.keys.today() + timedelta(days=30)
    made = make(client, expires_on=str(last_day))
    assert made.status_code == 200
    assert made.headers["cache-control"] == "private, no-store"
    token = token_on(made.text)
    assert f'data-copy="{token}"' in made.text
    key = store.keys.check(token)
    assert (key.name, key.scopes, key.per_minute, key.per_day, key.expires_on) == (
        "区民政局小程序",
        ("ask", "search"),
        60,
        1000,
        last_day,
    )
    listed = client.get("/admin/keys").text
    assert TOKEN.search(listed) is None
    assert token[-48:] not in listed
    assert key.key_id in listed
    assert TOKEN.search(client.get("/admin/log").text) is None
    assert all(token[-48:].encode() not in path.read_bytes() for path in tmp_path.glob("yiyang.db*"))
    bearer = {"authorization": f"Bearer {token}"}
    assert client.get("/api/v1/search", params={"q": "医生"}, headers=bearer).status_code == 200
    assert client.get("/api/v1/documents", headers=bearer).status_code == 403


def test_a_page_that_is_loaded_again_makes_no_second_key(client: TestClient, store: Store) -> None:
    csrf = token_in(client.get("/admin/keys").text)
    first, again = (client.post("/admin/keys", data={"csrf": csrf, **USUAL}, headers=SAME_SITE) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 422)
    assert TOKEN.search(again.text) is None
    assert "已有同名的有效密钥" in again.text
    assert len(store.keys.all()) == 1
    store.keys.revoke(store.keys.all()[0].key_id)
    assert make(client).status_code == 200


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"name": " "}, "起一个"),
        ({"name": "名" * 81}, "起一个"),
        ({"scopes": []}, "权限应为"),
        ({"scopes": ["ask", "everything"]}, "权限应为"),
        ({"expires_on": "2020-01-01"}, "失效日期已经过去"),
        ({"expires_on": "明年"}, "有效期请填日期"),
        ({"per_minute": "很多"}, "每分钟次数请填整数"),
        ({"per_minute": "0"}, "每分钟次数"),
        ({"per_day": "-5"}, "每日次数请填整数"),
        ({"per_day": "9" * 30}, "每日次数请填整数"),
        ({"per_day": "²"}, "每日次数请填整数"),
    ],
)
def test_what_cannot_be_made_says_why_and_keeps_what_was_typed(
    client: TestClient, store: Store, fields: dict[str, Any], why: str
) -> None:
    answer = make(client, **fields)
    assert answer.status_code == 422
    assert why in answer.text
    assert TOKEN.search(answer.text) is None
    assert store.keys.all() == ()
    if "name" not in fields:
        assert 'value="区民政局小程序"' in answer.text


def test_revoking_is_at_once_for_good_and_logged_once(client: TestClient, store: Store) -> None:
    token = token_on(make(client).text)
    key_id = token[3:15]
    for _ in range(2):
        assert send(client, f"/admin/keys/{key_id}/revoke", "/admin/keys").headers["location"] == "/admin/keys"
    assert store.keys.find(key_id).revoked_at is not None
    page = client.get("/admin/keys").text
    assert "已停用" in page
    assert f"/admin/keys/{key_id}/revoke" not in page
    answer = client.get("/api/v1/search", params={"q": "x"}, headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "key_revoked")
    entries = store.audit.page(WHO, None, 0, 10)
    assert [each.action for each in entries if "密钥" in each.action] == ["停用密钥", "新建密钥"]
    assert re.search("区民政局小程序", entries[0].detail)
    assert send(client, "/admin/keys/000000000000/revoke", "/admin/keys").status_code == 404


def test_a_name_cannot_break_the_page(client: TestClient) -> None:
    page = make(client, name='<script>alert("x")</script>').text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
