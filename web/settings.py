"""What can be set from outside: environment variables, each with the prefix YIYANG_."""

from __future__ import annotations

from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of the server. Raises pydantic's ValidationError where a variable holds no valid value."""

    model_config = SettingsConfigDict(env_prefix="YIYANG_", frozen=True, extra="ignore", populate_by_name=True)

    home: Path = Path("var")
    """Directory of everything that is built or written at run time."""
    encoder: str = ""
    """Name or path of a sentence-transformers model; empty means the default one."""
    database_url: str = ""
    """SQLAlchemy URL of the store; empty means a SQLite file in home."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535, validation_alias=AliasChoices("YIYANG_PORT", "PORT"))
    """0 takes any free port."""

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'yiyang.db'}"
