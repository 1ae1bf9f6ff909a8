"""python -m web accounts: made, listed, changed and disabled at the server itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from web.__main__ import cli
from web.admin.entrance import BadName, clean_name
from web.admin.passwords import matches
from web.store import Store, open_store
from web.store.audit import Action

PASSWORD = "chun-nuan-hua-kai"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("YIYANG_HOME", str(tmp_path))
    monkeypatch.delenv("YIYANG_DATABASE_URL", raising=False)
    opened = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
    yield opened
    opened.close()


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, ["accounts", *arguments], input=typed)


def test_an_account_is_made_with_a_password_typed_twice_and_not_shown(store: Store) -> None:
    done = run("add", "王芳", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert "已新建账号「王芳」" in done.output
    assert PASSWORD not in done.output
    account = store.accounts.named("王芳")
    assert account is not None
    assert matches(PASSWORD, account.password_hash)


def test_two_that_differ_are_asked_again(store: Store) -> None:
    done = run("add", "王芳", typed=f"{PASSWORD}\nanother-one-entirely\n{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert store.accounts.named("王芳") is not None


@pytest.mark.parametrize(
    ("arguments", "typed", "why"),
    [
        (("add", "王芳", "--password-stdin"), "short\n", "至少 10"),
        (("add", "王芳", "--password-stdin"), "", "至少 10"),
        (("add", "  ", "--password-stdin"), f"{PASSWORD}\n", "账号名应为"),
        (("add", "李四", "--password-stdin"), f"{PASSWORD}\n", "已有名为「李四」"),
        (("password", "王芳", "--password-stdin"), f"{PASSWORD}\n", "没有名为「王芳」"),
        (("disable", "王芳"), "", "没有名为「王芳」"),
    ],
)
def test_what_cannot_be_done_says_why(store: Store, arguments: tuple[str, ...], typed: str, why: str) -> None:
    assert run("add", "李四", "--password-stdin", typed=f"{PASSWORD}\n").exit_code == 0
    done = run(*arguments, typed=typed)
    assert done.exit_code == 1
    assert why in done.output
    assert store.accounts.named("王芳") is None


@pytest.mark.parametrize("arguments", [("add", "王芳"), ("list",), ("disable", "王芳")])
def test_a_database_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    monkeypatch.setenv("YIYANG_DATABASE_URL", "postgresql://yiyang:geheim@127.0.0.1:1/yiyang")
    done = run(*arguments)
    assert (done.exit_code, isinstance(done.exception, SystemExit)) == (1, True)
    assert "无法连接数据库" in done.output
    assert "geheim" not in done.output


def test_listing_disabling_and_changing(store: Store) -> None:
    for name in ("王芳", "李四"):
        run("add", name, "--password-stdin", typed=f"{PASSWORD}\n")
    account = store.accounts.named("王芳")
    assert account is not None
    token = store.sessions.open(account.id)
    assert run("disable", "王芳").exit_code == 0
    assert store.sessions.find(token) is None
    lines = run("list").output.splitlines()
    assert [line.split("\t")[::2] for line in lines] == [["王芳", "停用"], ["李四", "可用"]]
    assert run("password", "王芳", "--password-stdin", typed="yi-lu-ping-an-88\n").exit_code == 0
    changed = store.accounts.named("王芳")
    assert changed is not None
    assert not changed.disabled
    assert matches("yi-lu-ping-an-88", changed.password_hash)
    assert not matches(PASSWORD, changed.password_hash)
    written = [(each.who, each.action, each.detail) for each in reversed(store.audit.page(None, None, 0, 10))]
    assert written == [
        ("命令行", Action.ACCOUNT_ADDED, "王芳"),
        ("命令行", Action.ACCOUNT_ADDED, "李四"),
        ("命令行", Action.ACCOUNT_DISABLED, "王芳"),
        ("命令行", Action.PASSWORD_CHANGED, "王芳"),
    ]


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\x00", "名" * 41, "a\u202eb"])
def test_names_that_no_account_has(name: str) -> None:
    with pytest.raises(BadName):
        clean_name(name)


@pytest.mark.parametrize(("typed", "kept"), [(" 王芳 ", "王芳"), ("e\u0301", "é"), ("名" * 40, "名" * 40)])
def test_names_as_they_are_kept(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept
