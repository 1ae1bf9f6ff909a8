"""The gate: what no change may make worse, held against the committed baseline of the reporting half.

A rate fails where it falls below the baseline by more than TOLERANCE. The baseline is raised with `--accept`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.summary import Rate, Summary

BASELINE = Path(__file__).with_name("baseline.json")
TOLERANCE = 0.005
"""Half a point: less than that is one question in two hundred, and may come from another machine's rounding."""
GUARDED: Mapping[str, tuple[str, bool]] = {
    "first_right": ("首条命中", True),
    "within_five": ("前五命中", True),
    "verbatim": ("逐字一致", True),
    "refused": ("应拒答而拒答", True),
    "false_refusals": ("误拒", False),
    "marked": ("标要点", True),
}
"""The rates held: field of Summary, its name, and whether more is better."""
EXACT = frozenset({"verbatim"})
"""Rates without tolerance."""


@dataclass(frozen=True, slots=True)
class Fall:
    """A rate that is worse than the baseline: its name, what it was, what it is, in [0, 1]."""

    name: str
    before: float
    now: float

    def __str__(self) -> str:
        return f"{self.name}：基线 {self.before:.1%}，现在 {self.now:.1%}"


def read_baseline(path: Path = BASELINE) -> Mapping[str, float]:
    """The rates by field. Raises OSError and ValueError."""
    rates: dict[str, float] = json.loads(path.read_text("utf-8"))
    return rates


def write_baseline(total: Summary, path: Path = BASELINE) -> None:
    """Make the rates of a summary the baseline."""
    rounded = {field: round(value, 4) for field, value in _rates(total)}
    path.write_text(json.dumps(rounded, indent=2) + "\n", "utf-8")


def rates(total: Summary) -> Mapping[str, float]:
    """The guarded rates of a summary, by field; what was not counted is left out."""
    return dict(_rates(total))


def falls(total: Summary, baseline: Mapping[str, float]) -> tuple[Fall, ...]:
    """What is worse than the baseline; empty where the gate is passed."""
    return tuple(
        Fall(GUARDED[field][0], baseline[field], value)
        for field, value in _rates(total)
        if field in baseline and _worsening(field, baseline[field], value) > (0 if field in EXACT else TOLERANCE)
    )


def _worsening(field: str, before: float, now: float) -> float:
    return before - now if GUARDED[field][1] else now - before


def _rates(total: Summary) -> Iterator[tuple[str, float]]:
    for field in GUARDED:
        rate: Rate = getattr(total, field)
        if rate.value is not None:
            yield field, rate.value
