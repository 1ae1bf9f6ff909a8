"""关怀版: kept in a cookie, on every page, and never a way to another site."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from web.pages.appearance import appearance_router


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.include_router(appearance_router())
    return TestClient(app, follow_redirects=False)


def test_the_choice_is_kept_and_leads_back(client: TestClient) -> None:
    response = client.post("/appearance", data={"large": "1", "back": "/documents/daxing-2026-22?start=1&end=2"})
    assert response.status_code == 303
    assert response.headers["location"] == "/documents/daxing-2026-22?start=1&end=2"
    assert response.headers["set-cookie"].startswith("yiyang_large=1;")


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nx: y", "evil"])
def test_it_never_leads_elsewhere(client: TestClient, back: str) -> None:
    assert client.post("/appearance", data={"large": "0", "back": back}).headers["location"] == "/"


def test_anything_else_is_refused(client: TestClient) -> None:
    assert client.post("/appearance", data={"large": "2", "back": "/"}).status_code == 422
