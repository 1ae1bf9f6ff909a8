"""python -m web: serve the pages and the HTTP interface."""

from __future__ import annotations

import socket
import sys
from datetime import datetime
from typing import Annotated

import typer

from web.access.command import keys
from web.admin.command import commands as accounts
from web.beijing import beginning
from web.command_line import leave, opened_store, read_settings
from web.operation.logs import set_up_logs
from web.operation.notices import READY, STOPPING, notify
from web.settings import Settings
from web.store.retention import Retention
from web.store.retention import forget as forget_before

QUEUE = 2048
"""Connections that may wait to be accepted."""

cli = typer.Typer(add_completion=False, rich_markup_mode=None)
cli.add_typer(keys, name="keys")
cli.add_typer(accounts, name="accounts")


@cli.callback(invoke_without_command=True, help="启动医养问策的网页与接口。")
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="监听地址，默认 127.0.0.1，也可用 YIYANG_HOST 设定。")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="端口，默认 8000，也可用 YIYANG_PORT 或 PORT 设定；0 为任意空闲端口。"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="进程数，默认 1，也可用 YIYANG_WORKERS 设定；一般不超过处理器核数。"),
    ] = None,
) -> None:
    """The one command: settings, then the port, then serving, at first that the index is being opened."""
    if context.invoked_subcommand is not None:
        return
    settings = read_settings(host, port, workers)
    listener = listen(settings.host, settings.port)
    run(settings, listener)


@cli.command(help="以 MCP 协议（标准输入输出）提供提问、检索、看条目、核对引文四个工具。")
def mcp() -> None:
    """The tools for programs; nothing but the protocol goes to standard output."""
    from index.encoder import EncoderError
    from index.model import ModelError
    from index.storage import IndexUnavailable
    from web.mcp import serve as serve_tools

    settings = read_settings()
    set_up_logs(settings.log)
    try:
        serve_tools(settings.home)
    except IndexUnavailable as error:
        leave(f"{error}；也可运行 make setup")
    except (EncoderError, ModelError) as error:
        leave(str(error))


@cli.command(
    help="删除旧的对话，连同其中的问答和评价，不能恢复。"
    "服务运行时，也会每天删除 YIYANG_KEEP_DAYS 天（默认 180，0 为一直保留）以前的对话。"
)
def forget(
    before: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="删除这一天零时以后没有再提问的对话，例如 2026-01-31。"),
    ],
) -> None:
    """What the server does by itself, for a day of one's own choice."""
    with opened_store() as store:
        typer.echo(f"已删除 {forget_before(store.database, beginning(before.date()))} 段对话。")


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything is loaded. Leaves with a message where it cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=QUEUE)
    except OSError as error:
        leave(f"无法监听 {host}:{port}（{error.strerror or error}）。端口可能已被占用，请换一个：PORT=8001 make run")


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve until told to stop, in one process or more. Leaves with a message where the index cannot be opened."""

    def ready() -> None:
        typer.echo(f"医养问策已就绪：{address(listener)}")
        sys.stdout.flush()
        notify(READY)
        Retention(settings.store_url, settings.keep_days).start()

    set_up_logs(settings.log)
    if settings.workers > 1:
        from web.operation.workers import serve_together

        succeeded = serve_together(settings, listener, ready)
        notify(STOPPING)
        if not succeeded:
            raise typer.Exit(1)  # the worker has said why
        return
    from web.operation.process import serve_alone

    if why := serve_alone(settings, listener, ready):
        leave(why)


def address(listener: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


if __name__ == "__main__":
    cli(prog_name="python -m web")
