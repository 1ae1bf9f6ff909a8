"""Zip archives from strangers: their sizes are looked at before anything is unpacked."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from corpus.readers.limits import Limits
from corpus.readers.reading import UnreadableFile

DAMAGED = "文件已损坏或不完整，无法打开"
_ENCRYPTED = 0x1
# A document type definition, in the encodings that XML parsers accept without being told. Office and OFD files have
# none; with one, a few bytes can ask for gigabytes or for other files.
_DEFINITION = re.compile(
    rb"<!(?:DOCTYPE|ENTITY)|<\0!\0(?:D\0O\0C\0T\0Y\0P\0E|E\0N\0T\0I\0T\0Y)|\0<\0!\0(?:D\0O\0C\0T|E\0N\0T\0I)"
)


@contextmanager
def open_archive(path: Path | IO[bytes], limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The archive, once its directory shows that unpacking it stays within the limits. Raises UnreadableFile."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive.infolist(), limits)
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise UnreadableFile(DAMAGED) from error


def read_xml(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member that is XML without a document type definition. Raises UnreadableFile; KeyError where there is none."""
    data = archive.read(name)
    if _DEFINITION.search(data):
        raise UnreadableFile("文件里有不允许的 XML 实体定义，可能有害，已停止读取")
    return data


def _check(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise UnreadableFile(f"压缩结构异常：内含 {len(members)} 个部件，超过上限 {limits.members}")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise UnreadableFile("文件已加密，请先解除密码再添加")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > limits.unpacked_bytes or unpacked > max(limits.minded_bytes, packed * limits.ratio):
        raise UnreadableFile(f"压缩结构异常：展开后达 {_size(unpacked)}，已停止读取")


def _size(count: int) -> str:
    return f"{count / (1 << 30):.1f} GB" if count >= 1 << 30 else f"{count / (1 << 20):.0f} MB"
