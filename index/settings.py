"""Settings from the environment, for every command that opens or makes an index."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """YIYANG_HOME: where everything built at run time lives. YIYANG_ENCODER: a sentence-transformers name or path."""

    model_config = SettingsConfigDict(env_prefix="YIYANG_", frozen=True, extra="ignore")

    home: Path = Path("var")
    encoder: str = ""
