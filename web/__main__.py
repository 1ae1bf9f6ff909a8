"""python -m web: serve the pages and the HTTP interface."""

from __future__ import annotations

import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from web.settings import Settings

GRACE = 5
"""Seconds that requests in progress have to finish in when the server is told to stop."""
FIRST_QUESTION = "养老机构内设医务室至少配几名医生？"
"""Asked before the first visitor does, who would wait a tenth of a second longer for tables and templates to load."""
QUEUE = 2048
"""Connections that may wait to be accepted."""

cli = typer.Typer(add_completion=False, rich_markup_mode=None)


@cli.callback(invoke_without_command=True, help="启动医养问策的网页与接口。")
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="监听地址，默认 127.0.0.1，也可用 YIYANG_HOST 设定。")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="端口，默认 8000，也可用 YIYANG_PORT 或 PORT 设定；0 为任意空闲端口。"),
    ] = None,
) -> None:
    """The one command: settings, then the port, then the index, then serving."""
    if context.invoked_subcommand is not None:
        return
    settings = read_settings(host, port)
    listener = listen(settings.host, settings.port)
    run(settings, listener)


@cli.command(help="以 MCP 协议（标准输入输出）提供提问、检索、看条目、核对引文四个工具。")
def mcp() -> None:
    """The tools for programs; nothing but the protocol goes to standard output."""
    from index.encoder import EncoderError
    from index.model import ModelError
    from index.storage import IndexUnavailable
    from web.mcp import serve as serve_tools

    try:
        serve_tools(read_settings(None, None).home)
    except IndexUnavailable as error:
        leave(f"{error}；也可运行 make setup")
    except (EncoderError, ModelError) as error:
        leave(str(error))


def read_settings(host: str | None, port: int | None) -> Settings:
    """Settings from the environment, the command line first. Leaves with a message where one is not valid."""
    given: dict[str, Any] = {"host": host, "port": port}
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        names = "、".join(str(each["loc"][0]) for each in error.errors())
        leave(f"设置有误：{names}。请检查环境变量。")


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything is loaded. Leaves with a message where it cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=QUEUE)
    except OSError as error:
        leave(f"无法监听 {host}:{port}（{error.strerror or error}）。端口可能已被占用，请换一个：PORT=8001 make run")


def run(settings: Settings, listener: socket.socket) -> None:
    """Load the index, open the store, and serve until told to stop."""
    from assistant.pipeline import open_assistant
    from index.encoder import EncoderError
    from index.model import ModelError
    from index.storage import IndexUnavailable

    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(open_assistant, settings.home, settings.encoder)
        # the slow imports, while the model is read
        import uvicorn

        from web.app import create_app
        from web.store import open_store

        try:
            assistant = loading.result()
        except IndexUnavailable as error:
            leave(f"{error}；也可运行 make setup")
        except (EncoderError, ModelError) as error:
            leave(str(error))
    assistant.ask(FIRST_QUESTION)
    settings.home.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.store_url)
    try:
        app = create_app(assistant, store, settings.wechat)
    except ValueError as error:
        leave(str(error))
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=GRACE
    )
    typer.echo(f"医养问策已就绪：{address(listener)}")
    sys.stdout.flush()
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _stopped)
    uvicorn.Server(config).run(sockets=[listener])
    store.close()


def _stopped(number: int, frame: FrameType | None) -> None:
    """What uvicorn hands a signal back to once it has shut down: nothing is left to do but to leave in order."""


def address(listener: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def leave(message: str) -> NoReturn:
    """Say why, and exit with status 1."""
    typer.echo(message, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    cli(prog_name="python -m web")
