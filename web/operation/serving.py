"""Which app serves. Another takes its place between two requests, and none is lost."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Serving:
    """Hands every request to the app that serves when it comes in; that app finishes it, however long it streams."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
