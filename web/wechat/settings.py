"""What the account and this server have agreed on, as entered on the platform's page 服务器配置."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass, field
from secrets import token_bytes

# As the platform's page says: 必须为英文或数字，长度为3-32字符; 43 characters, the Base64 of 32 bytes without its «=».
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}", re.ASCII)
_AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}", re.ASCII)
_APP_ID = re.compile(r"[A-Za-z0-9_-]{3,64}", re.ASCII)
SITE = re.compile(r"https?://[A-Za-z0-9.\[\]:-]{1,100}(?:/[A-Za-z0-9._~/-]{0,100})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class WeChatSettings:
    """Raises ValueError, in Chinese, where a value cannot be right.

    token             令牌
    app_id            开发者ID (AppID)
    site              address under which readers reach this server, for the links in replies: https://wen.example.cn
    encoding_aes_key  消息加解密密钥; empty in 明文模式. With a key, what is not encrypted is refused: 安全模式 sends no
                      plain message, and 兼容模式 sends both forms.
    secret            what users' ids are hashed with before they are kept; known to this process only if not given
    """

    token: str = field(repr=False)
    app_id: str
    site: str
    encoding_aes_key: str = field(default="", repr=False)
    secret: bytes = field(default_factory=lambda: token_bytes(32), repr=False)

    def __post_init__(self) -> None:
        for name, pattern, value in (
            ("令牌（Token）", _TOKEN, self.token),
            ("AppID", _APP_ID, self.app_id),
            ("网站地址", SITE, self.site),
            ("消息加解密密钥（EncodingAESKey）", _AES_KEY, self.encoding_aes_key or "0" * 43),
        ):
            if not pattern.fullmatch(value):
                raise ValueError(f"微信设置有误：{name}的格式不对。")

    @property
    def aes_key(self) -> bytes | None:
        """The 32 bytes of the key; None in 明文模式."""
        return b64decode(f"{self.encoding_aes_key}=") if self.encoding_aes_key else None

    def address(self, path: str) -> str:
        """The absolute address of a page of the site."""
        return f"{self.site.rstrip('/')}{path}"
