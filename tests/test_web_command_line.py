"""What goes wrong with a command of python -m web is told in the same Chinese words, whichever command it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from web.__main__ import cli
from web.store import open_store

COMMANDS = [
    ("keys", "list"),
    ("keys", "create", "小程序"),
    ("accounts", "list"),
    ("accounts", "disable", "王芳"),
    ("forget", "--before", "2020-01-31"),
]
every_command = pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Not there yet; what a command opens lies in it."""
    monkeypatch.delenv("YIYANG_DATABASE_URL", raising=False)
    monkeypatch.setenv("YIYANG_HOME", str(tmp_path / "far" / "home"))
    return tmp_path / "far" / "home"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def refused(*arguments: str) -> str:
    """What it says on the error stream when it leaves with status 1, and nothing on the other."""
    done = run(*arguments)
    assert (done.exit_code, done.stdout, isinstance(done.exception, SystemExit)) == (1, "", True), done.output
    return done.stderr


@every_command
def test_a_setting_that_cannot_be_is_named(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIYANG_WORKERS", "many")
    assert refused(*arguments) == "设置有误：workers。请检查环境变量。\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("keys", "list"), "还没有密钥"), (("accounts", "list"), ""), (COMMANDS[-1], "已删除 0 段对话。")],
    ids=["keys", "accounts", "forget"],
)
def test_the_home_is_made(arguments: tuple[str, ...], said: str, home: Path) -> None:
    done = run(*arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    assert said in done.stdout
    assert (home / "yiyang.db").exists()


@every_command
def test_a_home_that_cannot_be_is_told(arguments: tuple[str, ...], home: Path) -> None:
    home.parent.write_text("不是目录", "utf-8")
    assert "无法读写 YIYANG_HOME" in refused(*arguments)
    assert home.parent.read_text("utf-8") == "不是目录"


@every_command
def test_a_database_that_cannot_be_opened_is_told(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIYANG_DATABASE_URL", "postgresql://yiyang:geheim@127.0.0.1:1/yiyang")
    said = refused(*arguments)
    assert "无法连接数据库" in said
    assert "geheim" not in said


def test_a_database_that_fails_at_work_is_told(home: Path) -> None:
    home.mkdir(parents=True)
    store = open_store(f"sqlite:///{home / 'yiyang.db'}")
    with store.database.writing() as connection:
        connection.execute(text("CREATE TRIGGER full BEFORE INSERT ON api_keys BEGIN SELECT RAISE(ABORT, 'full'); END"))
    assert "数据库无法读写" in refused("keys", "create", "小程序")
    assert store.keys.all() == ()
    store.close()
