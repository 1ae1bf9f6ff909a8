"""Who may come in without a key, and how often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Anonymous = Literal["all", "pages", "none"]
MetricsFor = Literal["all", "operators"]
# A scheme and a host, as browsers send it in Origin: no path, no slash at the end.
_ORIGIN = re.compile(r"https?://[^/\s?#@,]+", re.ASCII)
_REDIS = ("redis://", "rediss://", "redis+unix://")


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Raises ValueError, in Chinese, where what is set cannot be right.

    anonymous    what is open without a key: everything; the pages with what their own scripts call; nothing
    per_minute   questions a minute of one address that shows no key; 0 where there is no limit
    redis_url    where several servers count together; empty where each counts for itself
    metrics_for  who reads /metrics: everyone, or requests from this machine and keys that are allowed it
    origins      pages elsewhere whose scripts may call the interface; ("*",) for all
    """

    anonymous: Anonymous = "all"
    per_minute: int = 0
    redis_url: str = ""
    metrics_for: MetricsFor = "all"
    origins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for origin in self.origins:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise ValueError(f"YIYANG_CORS_ORIGINS 中的「{origin}」不是网站的源，应形如 https://wen.example.cn")
        if self.redis_url and not self.redis_url.startswith(_REDIS):
            raise ValueError("YIYANG_REDIS_URL 应以 redis://、rediss:// 或 redis+unix:// 开头。")
