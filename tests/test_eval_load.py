"""make load: what is asked, when a load is too much, when memory grows; and the whole of it once, in small."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import StringIO
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from rich.console import Console

from assistant.pipeline import Assistant
from eval.load import measuring
from eval.load.asking import POPULAR, REPEATED, read_dialogues, visits
from eval.load.measuring import FINER, FIRST, LIMIT, MOST, Found, Measured, Soak, rising, sustained, under_load
from eval.load.report import print_load
from eval.load.watching import GROWTH, Sample, Use, between, growth, use_of
from eval.server import ServerFault
from tests.conftest import REPOSITORY

TUNING = REPOSITORY / "eval" / "gold" / "tuning.jsonl"
USE = Use((600e6, 610e6), (500e6, 510e6), 0.5)


def measured(people: int, p99: float = 50.0, errors: Mapping[str, int] | None = None, seconds: float = 15) -> Measured:
    return Measured(people, seconds, float(people), 2.0 * people, 10, 20, p99, errors or {}, USE, 0.05)


def samples(*pss: float, pids: tuple[int, ...] = (7,)) -> list[Sample]:
    return [Sample(float(at), pids, (int(each),), (int(each),), at / 2) for at, each in enumerate(pss)]


# What is asked


def test_one_question_in_five_has_been_asked_before_and_no_other_comes_twice() -> None:
    asked = [*islice(visits(read_dialogues(TUNING), Random(1)), 5000)]
    often = {turns for turns in asked if asked.count(turns) > 1}
    assert len(often) <= POPULAR
    assert sum(turns in often for turns in asked) / len(asked) == pytest.approx(REPEATED, abs=0.03)
    assert any(len(turns) > 1 for turns in asked)


def test_the_same_seed_asks_the_same() -> None:
    dialogues = read_dialogues(TUNING)
    first, second = (list(islice(visits(dialogues, Random(5)), 100)) for _ in range(2))
    assert first == second


# When it is too much


@pytest.mark.parametrize("bears", [FIRST, 7, 39, 40, 100, MOST])
def test_the_search_ends_at_the_most_that_is_borne(bears: int) -> None:
    steps = [*rising(lambda people: measured(people, LIMIT if people <= bears else LIMIT + 1))]
    best = max(step.people for step in steps if step.passes)
    assert best <= bears < best * FINER * FINER + 1
    assert len(steps) < 20


def test_one_slow_step_is_measured_again_before_it_counts() -> None:
    slow: Iterator[bool] = iter([False, True, *[False] * 50])
    steps = [*rising(lambda people: measured(people, 200 if people > 40 or next(slow) else 50))]
    assert [step.people for step in steps[:4]] == [FIRST, 2 * FIRST, 2 * FIRST, 4 * FIRST]


def test_where_the_first_step_fails_the_search_ends() -> None:
    assert [step.people for step in rising(lambda people: measured(people, 500))] == [FIRST, FIRST]


def test_errors_are_too_much_however_fast_they_come() -> None:
    assert not measured(5, errors={"提问：500": 1}).passes


def test_what_cannot_be_held_gives_way_to_what_can() -> None:
    steps = [measured(5), measured(10), measured(20), measured(40, 300)]
    held = [*sustained(steps, lambda people: measured(people, 120 if people == 20 else 60, seconds=30))]
    assert [(step.people, step.passes) for step in held] == [(20, False), (10, True)]


# Memory


def test_growth_compares_the_last_third_with_the_first() -> None:
    assert growth(samples(100, 100, 500, 500, 104, 104)) == pytest.approx(0.04)
    assert growth(samples(100, 100, 100, 90, 90, 90)) == pytest.approx(-0.1)


def test_use_is_told_of_the_same_workers_only() -> None:
    assert use_of(samples(100, 200)) == Use((150,), (150,), 0.5)
    with pytest.raises(ValueError, match="same workers"):
        use_of([*samples(100, 200), *samples(100, pids=(8,))])
    assert [sample.at for sample in between(samples(1, 2, 3, 4), 1, 2)] == [1, 2]


@pytest.mark.parametrize(("grown", "errors", "passes"), [(GROWTH, {}, True), (0.06, {}, False), (0, {"a": 1}, False)])
def test_a_soak_passes_where_nothing_fails_and_memory_is_flat(
    grown: float, errors: dict[str, int], passes: bool
) -> None:
    assert Soak(measured(10, 500, errors), grown).passes is passes


def test_the_table_tells_what_can_be_sustained_and_what_failed() -> None:
    best, soak = measured(40, 88), Soak(measured(20, errors={"提问：503": 2}), 0.07)
    found = Found((measured(5), best, measured(80, 222)), best, soak)
    out = StringIO()
    print_load(found, 2, Console(file=out, width=160))
    said = out.getvalue()
    assert "持续每秒 40.0 问" in said
    assert "600/610" in said
    assert "+7.0%" in said
    assert "未通过" in said
    assert "出错 2 次：提问：503" in said
    assert not found.passes


# The whole of it


@pytest.mark.xdist_group("abuse")
def test_a_server_is_asked_and_its_memory_watched(
    home: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "WARM_UP", 2.0)
    monkeypatch.setattr(measuring, "SETTLE", 1.0)
    settings = {"YIYANG_HOME": str(home.resolve())}
    found = under_load(settings, TUNING, workers=2, people=4, soak=6, console=Console(file=StringIO()))
    assert found.soak is not None
    seen = found.soak.measured
    assert not seen.errors
    assert 1 < seen.rate < 10
    assert seen.requests > seen.rate
    assert 0 < seen.p50 <= seen.p95 <= seen.p99
    assert len(seen.use.pss) == 2
    assert all(100e6 < each < 2e9 for each in seen.use.pss)
    assert 0 < seen.use.cores < 2


def test_a_server_that_does_not_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(ServerFault, match="索引"):
        under_load({"YIYANG_HOME": str(tmp_path)}, TUNING, 2, 1, 1, Console(file=StringIO()))
