"""The people who ask, by locust, in a process of their own: gevent changes how everything in it waits.

python -m eval.load.driver URL GOLD reads one Step a line from standard input, as JSON, and answers each with a Count.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from locust import FastHttpUser, task
from locust.env import Environment
from locust.runners import LocalRunner

from eval.load.asking import read_dialogues, visits

PAUSE = 1.0
"""Seconds from one visit of a person to the next, on average: what lies between them is exponentially distributed, as
where people come independently of each other."""
LONGEST_PAUSE = 4.0
"""Less than the server keeps a connection open that nobody uses."""
TYPED = (2, 5)
"""Characters after which the page asks for suggestions."""
TYPING, READING, SEARCHING = 0.5, 0.25, 0.05
"""Shares of visits with suggestions, with a look at the cited document, with a search."""
ASK, SUGGESTIONS, DOCUMENT, SEARCH = "提问", "输入提示", "文件页", "检索"
SEED = 20260101


@dataclass(frozen=True, slots=True)
class Step:
    """So many people, for so many seconds that count, after so many that do not."""

    people: int
    settle: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Count:
    """What they saw. times: milliseconds of every answered request, by its kind; began and ended by the monotonic
    clock, which all processes share; cpu_seconds: those of this process."""

    began: float
    ended: float
    cpu_seconds: float
    times: dict[str, list[float]]
    errors: dict[str, int]


@dataclass
class Seen:
    """What comes back, since it was last cleared."""

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    def note(self, name: str, response_time: float, exception: BaseException | None = None, **_: Any) -> None:
        """A listener to locust's requests."""
        if exception is None:
            self.times.setdefault(name, []).append(round(response_time, 2))
        else:
            self.errors[f"{name}：{exception!r}"[:200]] += 1

    def clear(self) -> None:
        self.times, self.errors = {}, Counter()


class Person(FastHttpUser):
    """Comes, types, asks, asks further, looks the clause up, and comes again."""

    coming: ClassVar[Iterator[tuple[str, ...]]]
    random: ClassVar[Random]

    def on_start(self) -> None:
        time.sleep(self.random.uniform(0, 2 * PAUSE))
        self._due = time.monotonic()

    def wait_time(self) -> float:
        """From visit to visit and not from answer to visit: a slow server does not keep people away."""
        now = time.monotonic()
        self._due = max(self._due + min(self.random.expovariate(1 / PAUSE), LONGEST_PAUSE), now)
        return self._due - now

    @task
    def visit(self) -> None:
        first, *others = next(self.coming)
        if self.random.random() < TYPING:
            for typed in TYPED:
                self.client.get("/api/v1/suggestions", params={"q": first[:typed]}, name=SUGGESTIONS)
        if self.random.random() < SEARCHING:
            self.client.get("/api/v1/search", params={"q": first}, name=SEARCH)
        answer = self._ask(first, None)
        for question in others:
            answer = self._ask(question, answer.get("conversation_id"))
        if answer.get("citations") and self.random.random() < READING:
            self.client.get(answer["citations"][0]["url"].partition("#")[0], name=DOCUMENT)

    def _ask(self, question: str, conversation_id: str | None) -> dict[str, Any]:
        asked = {"question": question, "conversation_id": conversation_id}
        with self.client.post("/api/v1/ask", json=asked, name=ASK, catch_response=True) as response:
            if response.status_code != 200:
                response.failure(f"{response.status_code} {response.text}")
                return {}
            answer: dict[str, Any] = response.json()
            return answer


class Crowd:
    """People at a server, in numbers that change from step to step."""

    def __init__(self, url: str, gold: Path) -> None:
        Person.random = Random(SEED)
        Person.coming = visits(read_dialogues(gold), Random(SEED))
        environment = Environment(user_classes=[Person], host=url)
        self._seen = Seen()
        environment.events.request.add_listener(self._seen.note)  # type: ignore[no-untyped-call]
        self._runner: LocalRunner = environment.create_local_runner()

    def run(self, step: Step) -> Count:
        self._runner.start(step.people, spawn_rate=step.people)
        time.sleep(step.settle)  # locust has put gevent's in its place
        self._seen.clear()
        began, cpu = time.monotonic(), time.process_time()
        time.sleep(step.seconds)
        ended, spent = time.monotonic(), time.process_time() - cpu
        count = Count(began, ended, spent, self._seen.times, dict(self._seen.errors))
        self._runner.stop()
        return count


def main(url: str, gold: str) -> None:
    """Until standard input ends."""
    crowd = Crowd(url, Path(gold))
    for line in sys.stdin:
        print(json.dumps(asdict(crowd.run(Step(**json.loads(line))))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
