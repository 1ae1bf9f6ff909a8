"""The gate: what may not fall, by how much, and how the baseline is raised."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from assistant.pipeline import Assistant
from corpus.library import library_of
from eval.comparing import GROUNDED, Comparison, NothingToAsk, as_json, compare
from eval.gate import BASELINE, EXACT, GUARDED, TOLERANCE, Fall, falls, read_baseline, write_baseline
from eval.gold import GoldError
from eval.summary import Rate, Summary

NONE = Rate(0, 0)
TOTAL = Summary(
    name="total",
    questions=1000,
    passed=Rate(800, 1000),
    first_right=Rate(880, 1000),
    within_five=Rate(970, 1000),
    mrr=0.9,
    ndcg=0.9,
    status_right=Rate(900, 1000),
    refused=Rate(90, 100),
    false_refusals=Rate(80, 1000),
    included=Rate(800, 1000),
    marked=Rate(760, 1000),
    verbatim=Rate(1000, 1000),
    auc=0.95,
    p50_ms=9.0,
    p95_ms=20.0,
    quote_length=80.0,
)
HELD: Mapping[str, float] = {
    "first_right": 0.88,
    "within_five": 0.97,
    "verbatim": 1.0,
    "refused": 0.9,
    "false_refusals": 0.08,
    "marked": 0.76,
}


def with_rates(**rates: Rate) -> Summary:
    changes: dict[str, Any] = dict(rates)
    return replace(TOTAL, **changes)


def test_as_good_as_before_passes() -> None:
    assert falls(TOTAL, HELD) == ()


@pytest.mark.parametrize(
    ("field", "now"),
    [
        ("first_right", Rate(874, 1000)),
        ("within_five", Rate(964, 1000)),
        ("refused", Rate(89, 100)),
        ("marked", Rate(0, 1000)),
        # more of these is worse
        ("false_refusals", Rate(86, 1000)),
        ("false_refusals", Rate(1000, 1000)),
        # and of these one is too many
        ("verbatim", Rate(999, 1000)),
        ("verbatim", Rate(99999, 100000)),
    ],
)
def test_what_is_worse_falls(field: str, now: Rate) -> None:
    [fall] = falls(with_rates(**{field: now}), HELD)
    assert now.value is not None
    assert fall == Fall(GUARDED[field][0], HELD[field], now.value)


@pytest.mark.parametrize(
    ("field", "now"),
    [
        ("first_right", Rate(876, 1000)),
        ("first_right", Rate(1000, 1000)),
        ("refused", Rate(896, 1000)),
        ("false_refusals", Rate(84, 1000)),
        ("false_refusals", Rate(0, 1000)),
        ("marked", Rate(757, 1000)),
        ("verbatim", Rate(5, 5)),
    ],
)
def test_what_is_better_or_hardly_worse_passes(field: str, now: Rate) -> None:
    assert falls(with_rates(**{field: now}), HELD) == ()


def test_several_fall_in_the_order_of_the_table() -> None:
    worse = with_rates(marked=Rate(1, 2), first_right=Rate(1, 2), false_refusals=Rate(1, 2))
    assert [fall.name for fall in falls(worse, HELD)] == ["首条命中", "误拒", "标要点"]


def test_what_was_not_counted_is_not_held() -> None:
    assert falls(with_rates(refused=NONE), HELD) == ()
    assert falls(with_rates(refused=Rate(0, 5)), {"first_right": 0.88}) == ()


def test_a_fall_is_told() -> None:
    assert str(Fall("首条命中", 0.88, 0.8125)) == "首条命中：基线 88.0%，现在 81.2%"


def test_accepting_makes_the_baseline(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(TOTAL, path)
    assert read_baseline(path) == HELD
    assert falls(TOTAL, read_baseline(path)) == ()
    assert path.read_text("utf-8").endswith("}\n")
    write_baseline(with_rates(refused=NONE, first_right=Rate(1, 3)), path)
    assert read_baseline(path) == {**{key: HELD[key] for key in HELD if key != "refused"}, "first_right": 0.3333}


def test_rounding_the_baseline_makes_nothing_fall(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    total = with_rates(first_right=Rate(2, 3), false_refusals=Rate(1, 3))
    write_baseline(total, path)
    assert falls(total, read_baseline(path)) == ()


@pytest.mark.parametrize("contents", [None, "", "{", "{'first_right': 1}"])
def test_a_baseline_that_is_none(tmp_path: Path, contents: str | None) -> None:
    path = tmp_path / "baseline.json"
    if contents is not None:
        path.write_text(contents, "utf-8")
    with pytest.raises((OSError, ValueError)):
        read_baseline(path)


def test_the_committed_baseline_holds_every_rate() -> None:
    held = read_baseline()
    assert set(held) == set(GUARDED)
    assert all(0 <= rate <= 1 for rate in held.values())
    assert held["verbatim"] == 1.0
    assert json.loads(BASELINE.read_text("utf-8")) == held


def test_the_table_is_of_rates_that_there_are() -> None:
    assert set(GUARDED) <= {field.name for field in fields(Summary)}
    assert all(isinstance(getattr(TOTAL, field), Rate) for field in GUARDED)
    assert set(EXACT) <= set(GUARDED)
    assert 0 < TOLERANCE < 0.02


# --- a candidate beside what serves


def compared(candidate: Summary, stale: int = 0) -> Comparison:
    return Comparison(1000 - stale, tuple(f"q{number}" for number in range(stale)), TOTAL, candidate)


def test_a_candidate_as_good_passes() -> None:
    assert compared(TOTAL).falls == ()
    assert compared(with_rates(first_right=Rate(876, 1000)), stale=5).falls == ()


def test_a_candidate_that_is_worse_falls() -> None:
    [fall] = compared(with_rates(first_right=Rate(870, 1000))).falls
    assert fall == Fall("首条命中", 0.88, 0.87)


def test_questions_that_lose_their_ground_are_no_way_around_the_gate() -> None:
    [fall] = compared(TOTAL, stale=6).falls
    assert (fall.name, fall.before, round(fall.now, 3)) == (GROUNDED, 1.0, 0.994)


def test_what_another_program_gets() -> None:
    told = as_json(compared(with_rates(refused=NONE, marked=Rate(1, 2)), stale=2))
    assert (told["asked"], told["stale"], told["tolerance"]) == (998, ["q0", "q1"], TOLERANCE)
    by_field = {each["field"]: each for each in told["rates"]}
    assert set(by_field) == set(GUARDED)
    assert by_field["refused"] == {"field": "refused", "name": "应拒答而拒答", "serving": 0.9, "candidate": None}
    assert told["falls"] == [{"name": "标要点", "serving": 0.76, "candidate": 0.5}]
    assert json.loads(json.dumps(told)) == told


class Told:
    """Keeps what is told of the progress."""

    def __init__(self) -> None:
        self.said: list[tuple[str, int, int]] = []

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.said.append((stage, done, total))


def test_both_are_asked_what_fits_both(assistant: Assistant, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    lines = (BASELINE.with_name("gold") / "reporting.jsonl").read_text("utf-8").splitlines()
    of_daxing = [line for line in lines if '"daxing-2026-22"' in line and line.count('"doc"') == 1][:3]
    others = [line for line in lines if '"changning-2025-2"' in line and line.count('"doc"') == 1][:4]
    gold.write_text("\n".join([*of_daxing, *others]) + "\n", "utf-8")
    few = library_of(tuple(each for each in assistant.library if each.document_id != "daxing-2026-22"))
    told = Told()
    found = compare(gold, lambda: assistant, lambda: assistant, few, told)
    assert (found.asked, len(found.stale)) == (4, 3)
    assert found.serving.first_right == found.candidate.first_right
    assert [fall.name for fall in found.falls] == [GROUNDED]
    assert told.said[-1] == ("评测候选文件库", 4, 4)
    nothing = library_of(tuple(each for each in assistant.library if each.document_id == "national-2024-40"))
    with pytest.raises((NothingToAsk, GoldError)):
        compare(gold, lambda: assistant, lambda: assistant, nothing, told)
