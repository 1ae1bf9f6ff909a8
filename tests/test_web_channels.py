"""The other ways in and out, as the whole server offers them: formats for WeChat, the OpenAI shape, the MCP command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.pipeline import Assistant
from web.app import create_app
from web.settings import Settings
from web.store import open_store

DOCTORS = "养老机构内设医务室至少配几名医生？"
WECHAT = {
    "YIYANG_PUBLIC_URL": "https://policy.example.cn",
    "YIYANG_WECHAT_TOKEN": "token",
    "YIYANG_WECHAT_APP_ID": "wx0123456789abcdef",
    "YIYANG_WECHAT_AES_KEY": "",
}


@pytest.fixture
def client(assistant: Assistant, tmp_path: Path) -> Iterator[TestClient]:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with TestClient(create_app(assistant, store)) as opened:
        yield opened
    store.close()


def test_an_answer_as_text_for_a_wechat_message(client: TestClient) -> None:
    response = client.post("/api/v1/ask", json={"question": DOCTORS, "format": "wechat"})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    assert len(response.content) <= 2048
    assert "至少配置1名主执业点医师" in response.text
    assert "长民〔2025〕2号" in response.text
    assert len(response.headers["X-Answer-Id"]) == 32


def test_an_answer_as_a_card_for_a_mini_program(client: TestClient) -> None:
    card = client.post("/api/v1/ask", json={"question": DOCTORS, "format": "card"}).json()
    units = card["quote"].encode("utf-16-le")
    marked = [units[2 * start : 2 * end].decode("utf-16-le") for start, end in card["marks"]]
    assert "1名主执业点医师" in marked
    assert "changning-2025-2" in card["pagePath"]


def test_an_unknown_format_is_refused(client: TestClient) -> None:
    response = client.post("/api/v1/ask", json={"question": DOCTORS, "format": "pdf"})
    assert response.status_code == 422
    assert response.headers["content-type"].startswith("application/problem+json")


def test_the_openai_shape_is_served(client: TestClient) -> None:
    body = {
        "model": client.get("/v1/models").json()["data"][0]["id"],
        "messages": [{"role": "user", "content": DOCTORS}],
    }
    message = client.post("/v1/chat/completions", json=body).json()["choices"][0]["message"]
    assert message["citations"][0]["article_id"] == "2.1.2"


def test_the_wechat_callback_is_there_only_where_it_is_set(
    client: TestClient, assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/wechat/callback").status_code == 404
    for name, value in WECHAT.items():
        monkeypatch.setenv(name, value)
    store = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    with TestClient(create_app(assistant, store, wechat=Settings().wechat)) as opened:
        assert opened.get("/wechat/callback").status_code == 403
    store.close()


def test_the_command_tells_of_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "web", "mcp", "--help"], capture_output=True, text=True, env={**os.environ}, check=False
    )
    assert done.returncode == 0
    assert "MCP" in done.stdout
