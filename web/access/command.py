"""python -m web keys: make, list and revoke the keys of programs."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated

import typer

from web.beijing import BEIJING
from web.command_line import leave, opened_store
from web.store import Store
from web.store.keys import PER_MINUTE, InvalidKey, Key, UnknownKey

NEVER = "—"
WIDEST = 500
"""Columns of a terminal; a table is as wide as what is in it, and is not cut to the window."""
_DAYS = re.compile(r"([1-9][0-9]{0,4})d", re.ASCII)
_STANDING = {"valid": "有效", "expired": "已过期", "revoked": "已停用"}
_COLUMNS = ("编号", "名称", "状态", "权限", "每分钟", "每日", "今日已用", "有效期至", "最近使用")

keys = typer.Typer(help="管理程序调用接口所用的密钥。", no_args_is_help=True, rich_markup_mode=None)


@keys.command(help="新建密钥。密钥只显示这一次。")
def create(
    name: Annotated[str, typer.Argument(help="使用密钥的单位或程序，例如 区民政局小程序。", show_default=False)],
    scopes: Annotated[
        str, typer.Option(help="权限，以逗号分隔：ask、search、documents、batch、export、metrics。")
    ] = "ask,search,documents",
    expires: Annotated[
        str | None, typer.Option(help="有效期：天数如 90d，或最后一天如 2030-12-31；不填则不过期。", show_default=False)
    ] = None,
    per_minute: Annotated[int | None, typer.Option(help="每分钟最多几次，默认 600。", show_default=False)] = None,
    per_day: Annotated[int | None, typer.Option(help="每日最多几次；不填则不限。", show_default=False)] = None,
) -> None:
    """The token goes to standard output alone, so that a script can take it; the words about it do not."""
    with opened_store() as store:
        try:
            last_day = _last_day(expires, store.keys.today()) if expires is not None else None
            wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
            limit = PER_MINUTE if per_minute is None else per_minute
            key, token = store.keys.create(name, wanted, last_day, limit, per_day)
        except InvalidKey as error:
            leave(str(error))
    until = f"有效期至 {key.expires_on}" if key.expires_on else "长期有效"
    typer.echo(f"已新建密钥 {key.key_id}（{key.name}），{until}。密钥如下，只显示这一次，请立即妥善保存：", err=True)
    typer.echo(token)


@keys.command("list", help="列出全部密钥，新的在前。")
def list_keys() -> None:
    """A table as wide as it needs to be; nothing in it opens anything."""
    from rich.console import Console  # not for every command: it takes its time
    from rich.table import Table

    table = Table(*_COLUMNS, box=None, pad_edge=False)
    with opened_store() as store:
        for key in store.keys.all():
            table.add_row(*_row(key, store))
    if not table.row_count:
        typer.echo("还没有密钥。新建：python -m web keys create 名称 --scopes ask,search")
        return
    Console(width=WIDEST, markup=False, highlight=False).print(table)


@keys.command(help="停用密钥，5 秒内生效，不能恢复。")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="密钥的编号，见 keys list。", show_default=False)],
) -> None:
    """Says so; a second time too."""
    with opened_store() as store:
        try:
            key = store.keys.revoke(key_id)
        except UnknownKey:
            leave("没有这个编号的密钥。全部密钥见 python -m web keys list。")
    typer.echo(f"密钥 {key.key_id}（{key.name}）已停用，5 秒内生效。")


def _last_day(words: str, today: date) -> date:
    """The last day of validity. Raises InvalidKey."""
    try:
        if days := _DAYS.fullmatch(words):
            return today + timedelta(days=int(days[1]))
        return datetime.strptime(words, "%Y-%m-%d").date()
    except (ValueError, OverflowError):
        raise InvalidKey("有效期应为天数如 90d，或日期如 2030-12-31。") from None


def _row(key: Key, store: Store) -> tuple[str, ...]:
    used = key.last_used_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if key.last_used_at else NEVER
    return (
        key.key_id,
        key.name,
        _STANDING[key.standing(store.keys.today())],
        ",".join(key.scopes),
        str(key.per_minute),
        str(key.per_day or "不限"),
        str(store.keys.usage(key.key_id, 1)[0].requests),
        str(key.expires_on or NEVER),
        used,
    )
