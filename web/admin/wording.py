"""How times, sizes and states are put into words on the pages behind the login."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from web.beijing import BEIJING
from web.store.publications import State
from web.store.uploads import UploadState

UPLOAD_STATES: Mapping[UploadState, str] = {
    UploadState.QUEUED: "等待解析",
    UploadState.READING: "解析中",
    UploadState.READY: "待发布",
    UploadState.FAILED: "无法读取",
    UploadState.INTERRUPTED: "中断",
    UploadState.PUBLISHED: "已发布",
    UploadState.DISCARDED: "已丢弃",
}
STATES: Mapping[State, str] = {
    State.QUEUED: "排队",
    State.BUILDING: "建索引",
    State.EVALUATING: "评测",
    State.REFUSED: "未过评测",
    State.SWITCHING: "切换",
    State.DONE: "已生效",
    State.FAILED: "失败",
    State.CANCELLED: "已取消",
    State.INTERRUPTED: "中断",
}


def moment(at: datetime) -> str:
    """2025-01-02 09:30, in Beijing, wherever the server runs."""
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def size(length: int) -> str:
    """«3.2 MB» of a number of bytes."""
    return f"{length / (1 << 20):.1f} MB" if length >= 1 << 20 else f"{max(1, round(length / 1024))} KB"
