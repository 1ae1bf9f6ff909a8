"""Passwords: what is accepted as one, and how it is kept (argon2id, argon2-cffi's recommended parameters)."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
"""Characters."""
_FEWEST_KINDS = 5
"""Different characters: «aaaaaaaaaa» is ten of one."""
_TRIED_FIRST = """
    0123456789 1234567890 12345678910 123456789a 1234567891 0987654321 9876543210 1029384756 1122334455 1234554321
    123123123123 123456123456 123654789a 147258369a 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty12345 qwerty123456
    asdfghjkl123 abcdefghij abcd123456 abc1234567 abc123456789 a123456789 aa123456789 password12 password123
    password1234 passw0rd123 p@ssw0rd123 p@ssword123 admin12345 admin123456 admin@1234 administrator root123456
    iloveyou123 woaini1314 woaini521 woaini520 5201314520 1314520520 letmein123 welcome123 changeme123 zhongguo123
    yiyangwence yiyang12345 yiyang123456 yanglao12345 minzheng123 weijianju123
"""
_COMMON = frozenset(_TRIED_FIRST.split())
"""Of ten characters or more."""

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")
"""Verified against where there is no account, so that its absence takes as long to tell."""


class WeakPassword(ValueError):
    """A password that is not accepted; the message says why, in Chinese."""


def hashed(password: str, name: str) -> str:
    """The argon2id hash of a new password of that account. Raises WeakPassword."""
    _check(password, name)
    return _hasher.hash(_normal(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether a password is the one kept; takes as long where none is kept."""
    try:
        is_right = _hasher.verify(kept or _NOBODY, _normal(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return is_right and kept is not None


def refreshed(password: str, kept: str) -> str | None:
    """A hash of the same password by today's parameters; None where the kept one has them."""
    return _hasher.hash(_normal(password)) if _hasher.check_needs_rehash(kept) else None


def _check(password: str, name: str) -> None:
    if len(password) < SHORTEST:
        raise WeakPassword(f"密码至少 {SHORTEST} 个字符")
    if len(password) > LONGEST:
        raise WeakPassword(f"密码至多 {LONGEST} 个字符")
    plain = _normal(password).lower()
    if plain in _COMMON or len(set(plain)) < _FEWEST_KINDS:
        raise WeakPassword("这个密码太常见或太简单，请换一个")
    if name.lower() in plain and len(plain) - len(name) < SHORTEST:
        raise WeakPassword("密码不能由账号名加几个字符构成，请换一个")


def _normal(password: str) -> str:
    """One form of what different keyboards send for the same signs (NIST SP 800-63B: NFKC), always encodable."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()
