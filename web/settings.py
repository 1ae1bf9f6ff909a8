"""What can be set from outside: environment variables, each with the prefix YIYANG_."""

from __future__ import annotations

from pydantic import AliasChoices, Field
from pydantic_settings import SettingsConfigDict

from index.settings import Settings as IndexSettings


class Settings(IndexSettings):
    """Settings of the server. Raises pydantic's ValidationError where a variable holds no valid value."""

    model_config = SettingsConfigDict(populate_by_name=True)

    database_url: str = ""
    """SQLAlchemy URL of the store; empty means a SQLite file in home."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535, validation_alias=AliasChoices("YIYANG_PORT", "PORT"))
    """0 takes any free port."""

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'yiyang.db'}"
