"""The server's secret: what sessions are signed with and users' names are hashed with."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from tempfile import mkstemp

from filelock import FileLock

NAME = "secret"
"""The file in YIYANG_HOME."""
LENGTH = 32
"""Bytes."""


class SecretError(ValueError):
    """A file that is no secret of this server, or cannot be read or made; the message is Chinese."""


def server_secret(home: Path) -> bytes:
    """LENGTH random bytes, the same for every process over this home; made the first time, readable by its owner only.

    Raises SecretError. Whoever deletes the file ends all sessions, and conversations in WeChat begin anew.
    """
    path = home / NAME
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise SecretError(f"无法读写服务器密钥文件 {path}（{error.strerror or error}），请检查目录权限。") from error
    if len(secret) != LENGTH:
        raise SecretError(f"服务器密钥文件 {path} 已损坏。请恢复备份，或删去后重新启动（届时需要重新登录）。")
    return secret


def _make(path: Path) -> None:
    """Written whole under another name, then given its own, by one process at a time: the first one's stays."""
    with FileLock(f"{path}.lock", mode=0o600):
        if path.exists():
            return
        for leftover in path.parent.glob(f".{NAME}-*"):  # of killed runs: who holds the lock is the only maker
            leftover.unlink()
        descriptor, made = mkstemp(dir=path.parent, prefix=f".{NAME}-")  # mode 600
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
            file.flush()
            os.fsync(file.fileno())
        Path(made).replace(path)
