"""The log of what was done behind the login. It is only ever added to: the database itself refuses anything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, insert, select

from web.masking import masked
from web.store.database import Database, in_utc
from web.store.tables import audit

LONGEST_DETAIL = 2000
"""Characters."""
NOBODY = ""
"""Who, where nobody was signed in."""


class Action(StrEnum):
    """Everything that the log tells of, by the words that it shows, at most 16 characters."""

    SIGNED_IN = "登录"
    SIGN_IN_FAILED = "登录失败"
    SIGNED_OUT = "退出"
    ACCOUNT_ADDED = "新建账号"
    PASSWORD_CHANGED = "更改密码"
    ACCOUNT_DISABLED = "停用账号"
    UPLOADED = "上传"
    CORRECTED = "更正元数据"
    DISCARDED = "丢弃上传"
    PUBLISHING = "申请发布"
    REFUSED = "未过评测"
    OVERRIDDEN = "强制发布"
    PUBLISHED = "发布"
    RESTORED = "恢复版本"
    WITHDRAWN = "撤下"
    CANCELLED = "取消发布"
    FAILED = "发布失败"
    DECIDED = "处理提问"
    REOPENED = "重新打开提问"
    GOLD_ADDED = "新增题目"
    GOLD_REMOVED = "删除题目"
    TERMS_CHANGED = "更改词汇"
    TERMS_FORCED = "强制更改词汇"
    TERM_REMOVED = "删除词汇"
    TERMS_UNDONE = "撤销词汇更改"
    KEY_MADE = "新建密钥"
    KEY_REVOKED = "停用密钥"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. who is an account's name, «» for nobody, «命令行» for somebody at the server itself."""

    at: datetime
    who: str
    action: str
    detail: str


class Audit:
    """The log. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, who: str, action: Action, detail: str = "") -> None:
        """Add a line, personal data in it masked, for good: no words of a visitor's, who may delete them elsewhere."""
        row = {"at": datetime.now(UTC), "who": who, "action": action.value, "detail": masked(detail)[:LONGEST_DETAIL]}
        with self._database.writing() as connection:
            connection.execute(insert(audit), row)

    def page(self, who: str | None, action: str | None, offset: int, limit: int) -> tuple[Entry, ...]:
        """Lines by that account and of that action (None: any), newest first."""
        query = select(audit).where(*_chosen(who, action)).order_by(audit.c.id.desc()).offset(offset).limit(limit)
        with self._database.reading() as connection:
            return tuple(Entry(in_utc(row.at), row.who, row.action, row.detail) for row in connection.execute(query))

    def count(self, who: str | None, action: str | None) -> int:
        """How many lines there are of those."""
        query = select(func.count()).select_from(audit).where(*_chosen(who, action))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def people(self) -> tuple[str, ...]:
        """Everybody in the log, nobody left out."""
        return tuple(self._distinct("who"))

    def actions(self) -> tuple[str, ...]:
        """Every action in the log."""
        return tuple(self._distinct("action"))

    def _distinct(self, column: str) -> Iterator[str]:
        query = select(audit.c[column]).distinct().order_by(audit.c[column])
        with self._database.reading() as connection:
            yield from connection.scalars(query).all()


def _chosen(who: str | None, action: str | None) -> Iterator[ColumnElement[bool]]:
    if who is not None:
        yield audit.c.who == who
    if action is not None:
        yield audit.c.action == action
