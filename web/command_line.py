"""What the commands of python -m web have in common: settings, the store, and leaving with a message in Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from web.settings import Settings
from web.store import Store, open_store
from web.store.database import DatabaseUnavailable


def leave(message: str) -> NoReturn:
    """Say why, and exit with status 1."""
    typer.echo(message, err=True)
    raise typer.Exit(1)


def read_settings(host: str | None = None, port: int | None = None, workers: int | None = None) -> Settings:
    """Settings from the environment, the command line first. Leaves with a message where one is not valid."""
    given: dict[str, Any] = {"host": host, "port": port, "workers": workers}
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        names = "、".join(str(each["loc"][0]) for each in error.errors())
        leave(f"设置有误：{names}。请检查环境变量。")


@contextmanager
def opened_store() -> Iterator[Store]:
    """The store that the settings name, its home made first. Leaves with a message where it cannot be opened, read or
    written."""
    settings = read_settings()
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        store = open_store(settings.store_url)
    except DatabaseUnavailable as error:
        leave(str(error))
    except OSError as error:
        leave(f"无法读写 YIYANG_HOME（{error.strerror or error}），请检查目录权限。")
    try:
        yield store
    except SQLAlchemyError as error:
        leave(f"数据库无法读写（{type(error).__name__}），请检查磁盘空间、文件权限和数据库的运行情况后重试。")
    finally:
        store.close()
