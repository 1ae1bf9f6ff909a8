"""What can be set from outside: environment variables, each with the prefix YIYANG_."""

from __future__ import annotations

from pydantic import AliasChoices, Field
from pydantic_settings import SettingsConfigDict

from index.settings import Settings as IndexSettings
from web.access.settings import AccessSettings, Anonymous, MetricsFor
from web.operation.logs import LogForm
from web.store.secret import server_secret
from web.wechat.settings import SITE, WeChatSettings


class Settings(IndexSettings):
    """Settings of the server. Raises pydantic's ValidationError where a variable holds no valid value."""

    model_config = SettingsConfigDict(populate_by_name=True)

    database_url: str = ""
    """SQLAlchemy URL of the store; empty means a SQLite file in home."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535, validation_alias=AliasChoices("YIYANG_PORT", "PORT"))
    """0 takes any free port."""

    public_url: str = Field(default="", pattern=f"^(?:{SITE.pattern})?$")
    """Address under which readers reach the server, for links in messages: https://wen.example.cn"""
    wechat_token: str = ""
    """令牌 of the official account; empty means no account."""
    wechat_app_id: str = ""
    wechat_aes_key: str = ""
    """EncodingAESKey; empty in 明文模式."""

    anonymous: Anonymous = "all"
    """What is open without a key: all, only the pages, none."""
    address_per_minute: int = Field(default=240, ge=0, le=100_000)
    """Questions a minute of one address without a key; 0 for no limit. A whole office may be behind one."""
    redis_url: str = ""
    """Where several servers count requests together: redis://host:6379/0."""
    cors_origins: str = ""
    """Sites, with commas between, whose pages may call the interface: https://wen.example.cn; or *."""
    trusted_proxies: str = ""
    """Addresses or networks, with commas between, of proxies whose X-Forwarded-For is believed."""
    metrics_for: MetricsFor = "operators"
    """Who reads /metrics: operators (this machine, keys that are allowed it) or all."""

    workers: int = Field(default=1, ge=1, le=64)
    """Processes that answer, on one port; one for each core is enough."""
    cached_answers: int = Field(default=1000, ge=0, le=1_000_000)
    """Answers that a process keeps for those who ask the same again, of some KB each; 0 for none."""
    log: LogForm = "auto"
    """json, console, or auto: console at a terminal."""
    log_addresses: bool = False
    """Whether the log tells where requests come from."""

    keep_days: int = Field(default=180, ge=0, le=36_500)
    """Days after which a conversation in which nothing more is asked is deleted; 0 keeps for good."""

    @property
    def access(self) -> AccessSettings:
        """Raises ValueError, in Chinese, where what is set cannot be right."""
        origins = tuple(origin.strip() for origin in self.cors_origins.split(",") if origin.strip())
        return AccessSettings(self.anonymous, self.address_per_minute, self.redis_url, self.metrics_for, origins)

    @property
    def wechat(self) -> WeChatSettings | None:
        """Raises ValueError, in Chinese, where what is set cannot be right."""
        if not self.wechat_token:
            return None
        secret = server_secret(self.home)
        return WeChatSettings(self.wechat_token, self.wechat_app_id, self.public_url, self.wechat_aes_key, secret)

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'yiyang.db'}"
