"""A real server on a free port of this machine, for clients that speak HTTP themselves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

import uvicorn
from fastapi import FastAPI

STARTS_WITHIN = 20
"""Seconds."""


@contextmanager
def serving(app: FastAPI, port: int = 0) -> Iterator[str]:
    """The address of the app while it is served. The loggers of the process stay as they are: other tests read them."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until = monotonic() + STARTS_WITHIN
        while not server.started and monotonic() < until:
            sleep(0.01)
        assert server.started
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)
