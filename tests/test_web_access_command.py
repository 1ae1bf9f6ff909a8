"""python -m web keys, and a real server that goes by them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from assistant.pipeline import Assistant
from tests.commands import environment, web
from tests.conftest import REPOSITORY
from web.access.keyring import READ_AGAIN
from web.store import open_store

QUESTION = json.dumps({"question": "养老机构内设医务室至少配几名医生？"}).encode()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'keys.db'}"


def keys(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "web", "keys", *arguments]
    given = environment(YIYANG_DATABASE_URL=url)
    return subprocess.run(command, cwd=REPOSITORY, env=given, capture_output=True, text=True, timeout=60, check=False)


def test_a_key_is_made_shown_once_listed_and_revoked(url: str) -> None:
    made = keys(url, "create", "区民政局小程序", "--scopes", "ask, search", "--expires", "90d", "--per-day", "500")
    token = made.stdout.strip()
    assert re.fullmatch(r"yy_[0-9a-f]{12}_[0-9a-f]{48}", token)  # nothing else, so that a script can take it
    assert "只显示这一次" in made.stderr
    assert token not in made.stderr
    key_id = token.split("_")[1]
    listed = keys(url, "list").stdout
    assert token.rpartition("_")[2] not in listed
    store = open_store(url)
    key = store.keys.check(token)
    assert (key.scopes, key.per_minute, key.per_day) == (("ask", "search"), 600, 500)
    assert key.expires_on == store.keys.today() + timedelta(days=90)
    store.close()
    for words in (key_id, "区民政局小程序", "有效", "ask,search", "600", "500", str(key.expires_on)):
        assert words in listed
    assert "5 秒内生效" in keys(url, "revoke", key_id).stdout
    assert "已停用" in keys(url, "list").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("create", "x", "--scopes", "everything"), "权限"),
        (("create", "x", "--scopes", ""), "权限"),
        (("create", " "), "名称"),
        (("create", "x", "--expires", ""), "有效期"),
        (("create", "x", "--expires", "soon"), "有效期"),
        (("create", "x", "--expires", "99999d", "--per-day", "0"), "每日"),
        (("create", "x", "--expires", "2020-01-01"), "已经过去"),
        (("create", "x", "--expires", "2030-02-30"), "有效期"),
        (("create", "x", "--per-minute", "0"), "每分钟"),
        (("revoke", "000000000000"), "没有这个编号"),
    ],
)
def test_what_cannot_be_is_told_in_chinese(url: str, arguments: tuple[str, ...], words: str) -> None:
    done = keys(url, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = keys(f"sqlite:///{tmp_path}/file/keys.db", "list")
    assert (done.returncode, "数据库" in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def test_no_keys_are_told(url: str) -> None:
    assert "还没有密钥" in keys(url, "list").stdout


# A real server


@contextmanager
def server(home: Path, url: str, **settings: str) -> Iterator[str]:
    with web("--port", "0", YIYANG_HOME=str(home), YIYANG_DATABASE_URL=url, **settings) as process:
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert address is not None
        until = monotonic() + 30
        while status(f"{address[0]}/readyz") != 200 and monotonic() < until:
            sleep(0.05)
        yield address[0]
        process.terminate()
        said = process.communicate(timeout=20)[1]
        assert "Traceback" not in said


def status(address: str, content: bytes | None = None, **headers: str) -> int:
    asked = Request(address, content, {name.replace("_", "-"): value for name, value in headers.items()})
    asked.add_header("Content-Type", "application/json")
    try:
        with urlopen(asked, timeout=10) as response:
            return int(response.status)
    except HTTPError as error:
        error.close()
        return error.code


def test_a_server_goes_by_keys_made_and_revoked_beside_it(home: Path, assistant: Assistant, url: str) -> None:
    with server(home, url, YIYANG_ANONYMOUS="none") as address:
        ask = f"{address}/api/v1/ask"
        assert status(ask, QUESTION) == 401
        token = keys(url, "create", "小程序").stdout.strip()
        assert status(ask, QUESTION, Authorization=f"Bearer {token}") == 200
        keys(url, "revoke", token.split("_")[1])
        until = monotonic() + READ_AGAIN + 2
        while (found := status(ask, QUESTION, Authorization=f"Bearer {token}")) == 200 and monotonic() < until:
            sleep(0.2)
        assert found == 401


def test_what_a_forwarded_address_says_is_believed_of_nobody_by_default(
    home: Path, assistant: Assistant, url: str
) -> None:
    with server(home, url, YIYANG_ADDRESS_PER_MINUTE="2") as address:
        forged = [f"203.0.113.{number}" for number in range(3)]
        found = [status(f"{address}/api/v1/ask", QUESTION, X_Forwarded_For=each) for each in forged]
        assert found == [200, 200, 429]


def test_of_a_trusted_proxy_only_what_it_added_itself_is_believed(home: Path, assistant: Assistant, url: str) -> None:
    with server(home, url, YIYANG_ADDRESS_PER_MINUTE="1", YIYANG_TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8") as address:

        def ask(*chain: str) -> int:
            return status(f"{address}/api/v1/ask", QUESTION, X_Forwarded_For=", ".join(chain))

        assert [ask("203.0.113.1"), ask("203.0.113.2"), ask("203.0.113.2")] == [200, 200, 429]
        assert ask("198.51.100.1", "203.0.113.2") == 429  # the visitor's own claim comes first, and counts for nothing
        assert ask("203.0.113.3", "10.1.2.3") == 200
        assert ask("203.0.113.3", "10.9.9.9") == 429  # behind two proxies
        assert ask("2001:db8::1") == 200
        assert ask("2001:db8::2") == 429


def test_a_setting_that_cannot_be_is_told_before_serving(home: Path, assistant: Assistant, url: str) -> None:
    for settings in ({"YIYANG_CORS_ORIGINS": "wen.example.cn"}, {"YIYANG_REDIS_URL": "http://127.0.0.1"}):
        with web("--port", "0", YIYANG_HOME=str(home), YIYANG_DATABASE_URL=url, **settings) as process:
            _, said = process.communicate(timeout=60)
        assert (process.returncode, next(iter(settings)) in said, "Traceback" in said) == (1, True, False)
    with web("--port", "0", YIYANG_ANONYMOUS="some") as process:
        _, said = process.communicate(timeout=60)
    assert (process.returncode, "设置有误" in said) == (1, True)
