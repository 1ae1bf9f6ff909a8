"""From bytes to text: UTF-8, UTF-16 with its mark, GB18030, then whatever charset-normalizer recognises."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from corpus.readers.reading import UnreadableFile

# What pages declare, as the superset that is meant. Other names are not believed: some codecs are no encodings of text.
_DECLARED = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Signs that no text has, but for page feeds and the separators that cleaning knows.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_MOST_CONTROL = 0.002
# Chinese text is made, for the most part, of the 3,755 common characters of GB 2312 and its punctuation.
_WIDE = re.compile(r"[^\x00-\x7f]")
_LEAST_COMMON = 0.6
_SAMPLE = 20_000
_GUESSED_FROM = 200_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the encoding it was in, by its Python name; guessed where the encoding is only the likeliest one."""

    text: str
    encoding: str
    guessed: bool = False


def decode(data: bytes, declared: str = "") -> Decoded:
    """The text of a file's bytes. A declared encoding counts only if all bytes are valid in it.

    UTF-8 goes before it: hardly any other text is valid UTF-8 by chance, and pages do misstate their encoding.
    Raises UnreadableFile.
    """
    decoded = _by_mark(data)
    if decoded is None and b"\0" in data:
        raise UnreadableFile("文件里有空字节，不是文本文件")
    decoded = decoded or _strictly(data, "utf-8") or _declared(data, declared) or _chinese(data) or _guessed(data)
    if decoded is None:
        raise UnreadableFile("文字编码无法识别，请另存为 UTF-8 编码后再试")
    if has_many_controls(decoded.text):
        raise UnreadableFile("文件里有大量控制字符，不是文本文件")
    return decoded


def has_many_controls(text: str) -> bool:
    """Whether there are more control characters than text has by mistake."""
    return len(_CONTROL.findall(text)) > len(text) * _MOST_CONTROL


def _by_mark(data: bytes) -> Decoded | None:
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        return None
    decoded = _strictly(data, encoding)
    if decoded is None:
        raise UnreadableFile("文件开头标明的编码与内容不符，文件可能不完整")
    return decoded


def _strictly(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return None


def _declared(data: bytes, declared: str) -> Decoded | None:
    encoding = _DECLARED.get(declared.strip().lower())
    return _strictly(data, encoding) if encoding else None


def _chinese(data: bytes) -> Decoded | None:
    """GB18030 where it is valid and reads like Chinese: other encodings may be valid GB18030 by chance."""
    decoded = _strictly(data, "gb18030")
    return decoded if decoded and _reads_chinese(decoded.text[:_SAMPLE]) else None


def _reads_chinese(text: str) -> bool:
    signs = _WIDE.findall(text)
    common = sum(_is_common(sign) for sign in signs)
    return common >= len(signs) * _LEAST_COMMON


def _is_common(sign: str) -> bool:
    """Whether it is in rows 1 to 3 (punctuation, full-width forms) or 16 to 55 (common characters) of GB 2312."""
    try:
        lead = sign.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xD7


def _guessed(data: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes  # slow to import, seldom needed

    best = from_bytes(data[:_GUESSED_FROM]).best()
    decoded = _strictly(data, best.encoding) if best else None
    decoded = decoded or _strictly(data, "gb18030")
    return Decoded(decoded.text, decoded.encoding, guessed=True) if decoded else None
