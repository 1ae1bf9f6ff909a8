"""python -m web accounts: who may enter the pages behind the login. Run by whoever runs the server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from web.admin.entrance import BadName, clean_name
from web.admin.passwords import SHORTEST, WeakPassword, hashed
from web.beijing import BEIJING
from web.command_line import leave, opened_store
from web.store import Store
from web.store.accounts import AccountTaken, UnknownAccount
from web.store.audit import Action

WHO = "命令行"
"""Who did it, in the log."""

commands = typer.Typer(help="管理后台的账号：新建、列出、改密码、停用。", no_args_is_help=True, add_completion=False)

Name = Annotated[str, typer.Argument(help="账号名，可用中文姓名", metavar="NAME")]
Made = TypeVar("Made")

FromStandardInput = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读一行作为密码")]


@commands.command()
def add(name: Name, password_stdin: FromStandardInput = False) -> None:
    """新建账号；密码输入两次，不显示。"""
    with opened_store() as store:
        plain = _or_leave(lambda: clean_name(name))
        if store.accounts.named(plain) is not None:
            leave(f"已有名为「{plain}」的账号；改密码请用 accounts password")
        password_hash = _new_password(plain, password_stdin)
        _or_leave(lambda: store.accounts.add(plain, password_hash))
        store.audit.record(WHO, Action.ACCOUNT_ADDED, plain)
        typer.echo(f"已新建账号「{plain}」")


@commands.command("list")
def list_accounts() -> None:
    """列出账号，每行一个：名称、建立日期、是否停用。"""
    with opened_store() as store:
        for account in store.accounts.all():
            state = "停用" if account.disabled else "可用"
            typer.echo(f"{account.name}\t{account.created_at.astimezone(BEIJING):%Y-%m-%d}\t{state}")


@commands.command()
def password(name: Name, password_stdin: FromStandardInput = False) -> None:
    """更改密码；该账号须重新登录，已停用的随之恢复。"""
    with opened_store() as store:
        plain = _known(store, name)
        password_hash = _new_password(plain, password_stdin)
        store.accounts.set_password(plain, password_hash)
        store.audit.record(WHO, Action.PASSWORD_CHANGED, plain)
        typer.echo(f"已更改「{plain}」的密码")


@commands.command()
def disable(name: Name) -> None:
    """停用账号，立即退出登录；改密码即可恢复。"""
    with opened_store() as store:
        plain = _known(store, name)
        store.accounts.disable(plain)
        store.audit.record(WHO, Action.ACCOUNT_DISABLED, plain)
        typer.echo(f"已停用「{plain}」")


def _known(store: Store, name: str) -> str:
    plain = _or_leave(lambda: clean_name(name))
    if store.accounts.named(plain) is None:
        leave(f"没有名为「{plain}」的账号；accounts list 可列出全部")
    return plain


def _new_password(name: str, from_standard_input: bool) -> str:
    """The hash of a new password, typed twice without echo, or read from standard input."""
    typed = sys.stdin.readline().rstrip("\r\n") if from_standard_input else _typed()
    return _or_leave(lambda: hashed(typed, name))


def _typed() -> str:
    prompt = f"密码（至少 {SHORTEST} 个字符）"
    return str(typer.prompt(prompt, hide_input=True, confirmation_prompt="再输入一次"))


def _or_leave(make: Callable[[], Made]) -> Made:
    try:
        return make()
    except (BadName, WeakPassword, AccountTaken, UnknownAccount) as error:
        leave(str(error))
