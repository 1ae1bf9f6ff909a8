"""What can be set from outside: environment variables, each with the prefix YIYANG_."""

from __future__ import annotations

from pydantic import AliasChoices, Field
from pydantic_settings import SettingsConfigDict

from index.settings import Settings as IndexSettings
from web.wechat.settings import WeChatSettings


class Settings(IndexSettings):
    """Settings of the server. Raises pydantic's ValidationError where a variable holds no valid value."""

    model_config = SettingsConfigDict(populate_by_name=True)

    database_url: str = ""
    """SQLAlchemy URL of the store; empty means a SQLite file in home."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535, validation_alias=AliasChoices("YIYANG_PORT", "PORT"))
    """0 takes any free port."""

    public_url: str = ""
    """Address under which readers reach the server, for links in messages: https://wen.example.cn"""
    wechat_token: str = ""
    """令牌 of the official account; empty means no account."""
    wechat_app_id: str = ""
    wechat_aes_key: str = ""
    """EncodingAESKey; empty in 明文模式."""

    @property
    def wechat(self) -> WeChatSettings | None:
        """Raises ValueError, in Chinese, where what is set cannot be right."""
        if not self.wechat_token:
            return None
        return WeChatSettings(self.wechat_token, self.wechat_app_id, self.public_url, self.wechat_aes_key)

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'yiyang.db'}"
