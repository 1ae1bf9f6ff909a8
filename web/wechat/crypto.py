"""消息加解密: signatures, and the AES envelope of an encrypted message.

Source: the platform's 消息加解密技术方案. A plain text is random(16) + length(4, network order) + message + AppID,
padded by PKCS#7 to blocks of 32 bytes and encrypted by AES-256-CBC, whose IV is the first 16 bytes of the key.
"""

from __future__ import annotations

import binascii
import hmac
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_RANDOM, _LENGTH, _BLOCK = 16, 4, 32


class CryptoError(ValueError):
    """A cipher text that was not made with this key for this account."""


def signature(token: str, *words: str) -> str:
    """40 hexadecimal digits: the SHA-1 of the token and the words, sorted and joined."""
    parts = sorted(word.encode() for word in (token, *words))
    return sha1(b"".join(parts)).hexdigest()


def is_signed(given: str, token: str, *words: str) -> bool:
    """Whether a signature is that of the words, in a time that does not tell how much of it is right."""
    return hmac.compare_digest(given.encode(), signature(token, *words).encode())


@dataclass(frozen=True, slots=True)
class Envelope:
    """Encrypts and decrypts the messages of one account. key: 32 bytes."""

    key: bytes = field(repr=False)
    app_id: str

    def seal(self, message: str) -> str:
        """The Base64 of an encrypted message."""
        words = message.encode()
        content = secrets.token_bytes(_RANDOM) + len(words).to_bytes(_LENGTH, "big") + words + self.app_id.encode()
        padding = _BLOCK - len(content) % _BLOCK
        encryptor = self._cipher().encryptor()
        return b64encode(encryptor.update(content + bytes([padding]) * padding) + encryptor.finalize()).decode()

    def open(self, sealed: str) -> bytes:
        """The message in a Base64 cipher text. Raises CryptoError."""
        content = self._unpadded(sealed)
        length = int.from_bytes(content[_RANDOM : _RANDOM + _LENGTH], "big")
        words, app_id = content[_RANDOM + _LENGTH :][:length], content[_RANDOM + _LENGTH + length :]
        if len(words) != length or app_id != self.app_id.encode():
            raise CryptoError("not a message to this account")
        return words

    def _unpadded(self, sealed: str) -> bytes:
        try:
            content = b64decode(sealed.encode(), validate=True)
        except binascii.Error as error:
            raise CryptoError("not Base64") from error
        if not content or len(content) % _BLOCK:
            raise CryptoError("not whole blocks")
        decryptor = self._cipher().decryptor()
        padded = decryptor.update(content) + decryptor.finalize()
        padding = padded[-1]
        if not 1 <= padding <= _BLOCK or padded[-padding:] != bytes([padding]) * padding:
            raise CryptoError("not padded")
        return padded[:-padding]

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16]))
