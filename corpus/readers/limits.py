"""How much a file may ask for before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of reading one file.

    file_bytes      its size
    unpacked_bytes  the declared size of all members of an archive together
    ratio           unpacked to packed size, minded from `minded_bytes` on: small XML packs well and harms nobody
    members         members of an archive
    characters      of text that come out
    pages           of a PDF or OFD
    memory_bytes    address space of the reading process
    cpu_seconds, wall_seconds  of the reading process
    """

    file_bytes: int = 100 * _MIB
    unpacked_bytes: int = 400 * _MIB
    ratio: int = 150
    minded_bytes: int = 16 * _MIB
    members: int = 10_000
    characters: int = 10_000_000
    pages: int = 3_000
    memory_bytes: int = 2048 * _MIB
    cpu_seconds: int = 60
    wall_seconds: int = 90


LIMITS = Limits()
