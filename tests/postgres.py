"""A real PostgreSQL for tests: Debian's, in a folder of its own, on a free port of this machine's loopback.

A test that takes `database_url` or `store` runs once on SQLite and once on PostgreSQL; where that is not installed, the
second is skipped.
"""

from __future__ import annotations

import atexit
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import create_engine, text

from web.store import Store, open_store

STARTS_WITHIN = 60
"""Seconds."""
USER = "yiyang"
INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
_SETTINGS = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=60")


@dataclass(frozen=True)
class Cluster:
    """A server that runs. Databases of it are made by `database`."""

    port: int
    password: str

    def url(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def database(self) -> str:
        """The URL of a new and empty database."""
        name = f"t{secrets.token_hex(8)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def run(self, statement: str) -> None:
        address = self.url("postgres").replace("postgresql:", "postgresql+psycopg:")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@cache
def cluster() -> Cluster:
    """The server of this process, started by the first test that needs it and stopped when the process ends.

    Skips the test where PostgreSQL is not installed, or where this is root and there is no other account to run it.
    """
    account = _account()
    if not INSTALLED or account is None:
        pytest.skip("没有 PostgreSQL：请安装 postgresql")
    folder = Path(mkdtemp(prefix="yiyang-postgresql-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    password = secrets.token_hex(16)
    (folder / "password").write_text(password)
    if os.geteuid() == 0:
        for path in (folder, folder / "password"):
            shutil.chown(path, account)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    data = folder / "data"
    _run(account, "initdb", f"--pgdata={data}", f"--username={USER}", f"--pwfile={folder / 'password'}", *_INIT)
    options = " ".join(f"-c {setting}" for setting in (*_SETTINGS, f"port={port}"))
    atexit.register(_run, account, "pg_ctl", "stop", f"--pgdata={data}", "--mode=immediate")
    _run(account, "pg_ctl", "start", f"--pgdata={data}", f"--log={folder / 'log'}", f"--options={options}")
    return Cluster(port, password)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'yiyang.db'}"
        return
    url = cluster().database()
    yield url
    cluster().run(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on each of the engines; `database_url` is imported with it."""
    opened = open_store(database_url)
    yield opened
    opened.close()


kept = store
"""Its name beside the `store` of an office."""


_INIT = ("--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync")


def _account() -> str | None:
    """Who runs the server: this account, or, where it is root, which PostgreSQL refuses, one that is not."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def _run(account: str, program: str, *arguments: str) -> None:
    """Run one of the programs. Its words are shown where it fails."""
    is_root = os.geteuid() == 0
    entry = pwd.getpwnam(account)
    done = subprocess.run(
        [INSTALLED[-1].with_name(program), *arguments],
        cwd="/",
        env={**os.environ, "LC_ALL": "C"},
        user=entry.pw_uid if is_root else None,
        group=entry.pw_gid if is_root else None,
        extra_groups=[] if is_root else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # which the server inherits: a pipe would stay open as long as it runs
        stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
        timeout=STARTS_WITHIN,
        check=False,
    )
    if done.returncode and program != "pg_ctl":
        sys.stderr.write((done.stderr or b"").decode(errors="replace"))
    done.check_returncode()
