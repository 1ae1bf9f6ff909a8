"""What an office asks in a day: mostly new questions, some that everybody asks, some conversations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random

REPEATED = 0.2
"""Share of questions that have been asked before, as announcements and forms make people ask alike."""
POPULAR = 40
"""Questions that those are."""
_OPENINGS = ("", "请问", "您好，", "想问一下，", "麻烦问一下，")
_CLOSINGS = ("", "谢谢。", "请告知。", "怎么规定的？", "家属在问。")
"""Around a question they make it another one to any cache, and the same to a person."""


def read_dialogues(path: Path) -> tuple[tuple[str, ...], ...]:
    """The turns of every question of a gold file, once each. Raises OSError, ValueError, KeyError where it is none."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(dict.fromkeys(tuple(json.loads(line)["turns"]) for line in lines if line.strip()))


def visits(dialogues: Sequence[tuple[str, ...]], random: Random) -> Iterator[tuple[str, ...]]:
    """What one person after another asks, without end: the turns of a conversation, mostly one.

    Apart from the POPULAR ones, none comes twice in len(dialogues) × 25 visits.
    """
    shuffled = random.sample(dialogues, len(dialogues))
    popular = [turns for turns in shuffled if len(turns) == 1][:POPULAR]
    new = _new(shuffled)
    while True:
        yield random.choice(popular) if random.random() < REPEATED else next(new)


def _new(dialogues: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    for lap in count():
        opening, closing = _OPENINGS[lap % len(_OPENINGS)], _CLOSINGS[lap // len(_OPENINGS) % len(_CLOSINGS)]
        for first, *others in dialogues:
            yield (f"{opening}{first}{closing}", *others)
