"""Readers: from a file to its source text, one format a module."""

from __future__ import annotations

from pathlib import Path

from corpus.readers.plain import read_plain


class UnreadableFile(ValueError):
    """A file whose text cannot be had; the message says why, in Chinese."""


READERS = {".txt": read_plain, ".md": read_plain}


def read(path: Path) -> str:
    """The source text of a file. Raises UnreadableFile."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableFile(f"{path.name}：暂不支持这种格式，目前可读 {'、'.join(READERS)}")
    try:
        text = reader(path)
    except FileNotFoundError:
        raise UnreadableFile(f"{path}：没有这个文件") from None
    except OSError as error:
        raise UnreadableFile(f"{path.name}：无法打开（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path.name}：不是 UTF-8 编码的文本（第 {error.start} 字节）") from error
    if not text.strip():
        raise UnreadableFile(f"{path.name}：文件里没有文字")
    return text
