"""What is compressed, and what is not."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from web.compression import SMALLEST, Compressed


@pytest.fixture
def client() -> TestClient:
    def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse("条" * int(request.query_params["n"]))

    app = Starlette(routes=[Route("/{path:path}", answer)])
    return TestClient(Compressed(app))


@pytest.mark.parametrize(
    ("path", "length", "encoding"),
    [
        ("/library", SMALLEST, "gzip"),
        ("/library", 3, None),
        ("/api/v1/documents", SMALLEST, "gzip"),
        ("/admin/uploads", SMALLEST, None),
        ("/api/v1/ask/batch", SMALLEST, None),
        ("/ledger.xlsx", SMALLEST, None),
        ("/documents/daxing-2026-22/original", SMALLEST, None),
    ],
)
def test_what_is_compressed(client: TestClient, path: str, length: int, encoding: str | None) -> None:
    response = client.get(path, params={"n": length}, headers={"accept-encoding": "gzip"})
    assert response.headers.get("content-encoding") == encoding
    assert response.text == "条" * length


def test_only_those_who_take_it_get_it(client: TestClient) -> None:
    response = client.get("/library", params={"n": SMALLEST}, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in response.headers
