"""What an office adds: nothing is overwritten, and whenever it is cut off, what was there is there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.anticipated import AnticipatedError
from corpus.holdings import DOCUMENTS, QUESTIONS, Holdings, IdTaken, Outcome, UnknownHolding, known_at, library_at
from corpus.library import DOCUMENTS as SHIPPED
from corpus.library import Library, library_of
from corpus.receiving import Received, receive
from corpus.versions import DamagedHolding
from index.storage import manifest_of
from tests.conftest import REPOSITORY
from tests.fakes import HashingEncoder
from tests.papers import NEXT_YEAR, NOTICE, OTHER_PLAN, PLAN, REVISED, written
from tests.papers import NOTICE_ID as ID


def received(home: Path, text: str, name: str = "通知.txt", facts: dict[str, Any] | None = None) -> Received:
    """As the command receives a file: in view of all that the data directory has."""
    return receive(written(home.parent / "inbox", name, text), known_at(home), facts)


def added(home: Path, text: str, facts: dict[str, Any] | None = None) -> Outcome:
    return Holdings(home).add(received(home, text, facts=facts), facts)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return tmp_path / "var"


def state(home: Path) -> list[tuple[str, str, str]]:
    """What counts, with its text."""
    holdings = Holdings(home)
    return [(each.document_id, each.version, holdings.document(each).text) for each in holdings.current()]


def test_nothing_added(office: Path, library: Library) -> None:
    assert Holdings(office).current() == Holdings(office).removed() == ()
    assert list(library_at(office)) == list(library)
    assert not office.exists()


def test_added_as_it_is(office: Path) -> None:
    facts = {"names": ("签约通知", "31号文"), "effective_on": date(2024, 7, 1), "status": "现行有效"}
    assert added(office, NOTICE, facts) is Outcome.ADDED
    [holding] = Holdings(office).current()
    assert (holding.document_id, holding.source_name, holding.format) == (ID, "通知.txt", "text")
    assert (holding.facts, holding.counts) == (facts, True)
    assert holding.version == f"001-{holding.source_sha256[:12]}"
    assert Holdings(office).source(holding).read_text("utf-8") == NOTICE
    document = library_at(office).get(ID)
    assert document == Holdings(office).document(holding)
    assert document.metadata.names == ("签约通知", "31号文")
    assert (document.metadata.effective_on, document.metadata.issued_on) == (date(2024, 7, 1), date(2024, 5, 20))


def test_the_same_again_changes_nothing(office: Path) -> None:
    added(office, NOTICE)
    before = {path: path.stat().st_mtime_ns for path in office.rglob("*") if path.is_file()}
    assert added(office, NOTICE) is Outcome.UNCHANGED
    assert Holdings(office).add(received(office, NOTICE, "另存为.txt")) is Outcome.UNCHANGED
    assert {path: path.stat().st_mtime_ns for path in office.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("text", "facts"),
    [(REVISED, {}), (NOTICE, {"status": "现行有效"}), (NOTICE + "\n", {})],
    ids=["another text", "other facts", "other bytes"],
)
def test_a_new_version_keeps_the_old(office: Path, text: str, facts: dict[str, Any]) -> None:
    added(office, NOTICE)
    old = state(office)
    assert added(office, text, facts) is Outcome.NEW_VERSION
    first, second = Holdings(office).history(ID)
    assert [each.counts for each in (first, second)] == [False, True]
    assert (second.version[:4], second.facts) == ("002-", facts)
    assert Holdings(office).source(first).read_text("utf-8") == NOTICE
    assert Holdings(office).document(first).text == old[0][2]
    assert Holdings(office).source(second).read_text("utf-8") == text
    assert len(library_at(office)) == len(library_at(office.parent / "empty")) + 1


def test_an_earlier_version_added_again_stays_superseded(office: Path) -> None:
    """A folder that holds one document in two formats can be added again and again."""
    added(office, NOTICE)
    added(office, REVISED)
    before = state(office)
    assert added(office, NOTICE) is Outcome.SUPERSEDED
    assert added(office, REVISED) is Outcome.UNCHANGED
    assert state(office) == before
    assert len(Holdings(office).history(ID)) == 2


def test_a_later_version_added_again_counts(office: Path) -> None:
    """Whoever went back to an earlier version and adds the later one wants that."""
    added(office, NOTICE)
    added(office, REVISED)
    before = state(office)
    Holdings(office).restore(ID, Holdings(office).history(ID)[0].version)
    assert added(office, REVISED) is Outcome.NEW_VERSION
    assert state(office) == before


def test_facts_given_stay_when_the_file_is_added_without_them(office: Path) -> None:
    added(office, NOTICE)
    added(office, NOTICE, {"region": "北京市大兴区"})
    assert added(office, NOTICE) is Outcome.SUPERSEDED
    assert library_at(office).get(ID).metadata.region == "北京市大兴区"


def test_remove_and_restore(office: Path) -> None:
    added(office, NOTICE)
    added(office, REVISED)
    holdings = Holdings(office)
    first, second = holdings.history(ID)
    holdings.remove(ID)
    assert ID not in library_at(office)
    assert holdings.current() == ()
    assert [each.counts for each in holdings.history(ID)] == [False, False]
    assert holdings.removed() == (replace(second, counts=False),)
    assert holdings.restore(ID) == second
    assert "不少于4次" in library_at(office).get(ID).text
    assert holdings.restore(ID, first.version) == replace(first, counts=True)
    assert "不少于2次" in library_at(office).get(ID).text
    assert holdings.removed() == ()
    assert [each.counts for each in holdings.history(ID)] == [True, False]


def test_removed_and_added_again(office: Path) -> None:
    added(office, NOTICE)
    before = state(office)
    Holdings(office).remove(ID)
    assert added(office, NOTICE) is Outcome.ADDED
    assert state(office) == before


def test_the_id_of_a_removed_document_is_no_other_ones(office: Path) -> None:
    added(office, PLAN)
    Holdings(office).remove("gongzuofangan")
    assert added(office, OTHER_PLAN) is Outcome.ADDED
    assert [each.document_id for each in Holdings(office).current()] == ["gongzuofangan-2"]
    assert Holdings(office).restore("gongzuofangan").document_id == "gongzuofangan"
    assert len(Holdings(office).current()) == 2
    assert "签约率" in library_at(office).get("gongzuofangan").text


def test_an_id_that_was_taken_meanwhile(office: Path) -> None:
    first, second = received(office, PLAN, "甲.txt"), received(office, OTHER_PLAN, "乙.txt")
    assert first.document.document_id == second.document.document_id
    Holdings(office).add(first)
    before = state(office)
    with pytest.raises(IdTaken, match="请再添加一次"):
        Holdings(office).add(second)
    assert state(office) == before
    assert added(office, OTHER_PLAN) is Outcome.ADDED


def test_versions_are_in_the_order_of_their_numbers(office: Path) -> None:
    added(office, NOTICE)
    folder = office / DOCUMENTS / ID
    [first] = Holdings(office).history(ID)
    for number in (1000, 999, 20):
        shutil.copytree(folder / first.version, folder / f"{number:03d}-abc")
    (folder / "草稿").mkdir()
    assert [each.version for each in Holdings(office).history(ID)] == [first.version, "020-abc", "999-abc", "1000-abc"]
    assert [each.number for each in Holdings(office).history(ID)] == [1, 20, 999, 1000]
    assert replace(first, version="abc").number == 0
    Holdings(office).remove(ID)
    assert Holdings(office).restore(ID).version == "1000-abc"
    assert added(office, REVISED) is Outcome.NEW_VERSION
    assert Holdings(office).history(ID)[-1].version.startswith("1001-")


HOSTILE = (
    "",
    ".",
    "..",
    "../outside",
    "a/b",
    "/etc",
    "A",
    "编号",
    ".lock",
    ".adding-1",
    "a--b",
    "a\0b",
    "a\n",
    "a" * 300,
)


@pytest.mark.parametrize("document_id", [*HOSTILE, "unknown-2026-1"])
def test_ids_that_are_none(office: Path, document_id: str) -> None:
    added(office, NOTICE)
    (office.parent / "outside" / "001-abc").mkdir(parents=True)
    (office / DOCUMENTS / "current").write_text("001-abc", "utf-8")
    for refused in (
        lambda: Holdings(office).history(document_id),
        lambda: Holdings(office).remove(document_id),
        lambda: Holdings(office).restore(document_id),
    ):
        with pytest.raises(UnknownHolding):
            refused()
    assert (office / DOCUMENTS / "current").exists()


@pytest.mark.parametrize("document_id", HOSTILE[:-1])
def test_no_document_has_such_an_id(office: Path, document_id: str) -> None:
    good = received(office, NOTICE)
    with pytest.raises(ValueError, match="文件编号只能用"):
        replace(good.document, document_id=document_id)


@pytest.mark.parametrize("version", ["001", "../001-abc", "002-abc", "/etc", ".", "current", "001-abc\0"])
def test_versions_that_are_none(office: Path, version: str) -> None:
    added(office, NOTICE)
    before = state(office)
    with pytest.raises(UnknownHolding):
        Holdings(office).restore(ID, version)
    assert state(office) == before


def test_what_others_put_there_is_left_alone(office: Path) -> None:
    added(office, NOTICE)
    before = state(office)
    root = office / DOCUMENTS
    (root / "说明.txt").write_text("勿删", "utf-8")
    (root / "empty-folder").mkdir()
    (root / "Not An Id").mkdir()
    (root / "a-file").write_text("", "utf-8")
    assert state(office) == before
    assert added(office, REVISED) is Outcome.NEW_VERSION
    assert (root / "说明.txt").exists()
    assert Holdings(office).removed() == ()


# --- cut off


class CutOff(BaseException):
    """The power fails."""


# Every step that adding, removing and restoring take on the disk.
STEPS: list[tuple[Any, str]] = [
    (Path, "mkdir"),
    (Path, "write_text"),
    (Path, "rename"),
    (Path, "replace"),
    (Path, "unlink"),
    (shutil, "copyfile"),
    (os, "fsync"),
]


def cut_off_before(monkeypatch: pytest.MonkeyPatch, at: int) -> list[str]:
    """Let the step of that number fail, writing half where it writes. Returns the steps taken, as they are taken."""
    taken: list[str] = []

    def cutting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            taken.append(name)
            if len(taken) == at:
                if name == "write_text":
                    real(arguments[0], arguments[1][: len(arguments[1]) // 2], *arguments[2:])
                raise CutOff
            return real(*arguments, **options)

        return step

    for owner, name in STEPS:
        monkeypatch.setattr(owner, name, cutting(name, getattr(owner, name)))
    return taken


def changes(home: Path) -> dict[str, Callable[[], object]]:
    fresh, revised = received(home, NEXT_YEAR, "新.txt"), received(home, REVISED, "改.txt")
    return {
        "a document": lambda: Holdings(home).add(fresh),
        "a version": lambda: Holdings(home).add(revised),
        "a removal": lambda: Holdings(home).remove(ID),
        "a restoration": lambda: Holdings(home).restore(ID, Holdings(home).history(ID)[0].version),
    }


@pytest.mark.parametrize(
    ("change", "steps"), [("a document", 9), ("a version", 9), ("a removal", 1), ("a restoration", 3)]
)
def test_cut_off_before_any_step(office: Path, monkeypatch: pytest.MonkeyPatch, change: str, steps: int) -> None:
    added(office, NOTICE)
    added(office, NOTICE, {"status": "现行有效"})
    before, history = state(office), Holdings(office).history(ID)
    make, pointer = changes(office)[change], "unlink" if change == "a removal" else "replace"
    for at in range(1, 100):
        with monkeypatch.context() as patched:
            taken = cut_off_before(patched, at)
            try:
                make()
            except CutOff:
                assert len(taken) == at
            else:
                assert at > steps
                break
            if pointer in taken[:-1]:  # it is changed; only the change need not be on disk
                assert at > steps
                break
        assert state(office) == before
        assert Holdings(office).history(ID)[: len(history)] == history
        assert library_at(office).get(ID).metadata.status == "现行有效"
    else:
        pytest.fail("the change never came to its end")
    assert state(office) != before
    assert not list((office / DOCUMENTS).glob(".adding-*"))
    assert not list(office.rglob("*.fresh"))


def test_what_was_added_is_on_disk(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        fsync(handle)

    coming = received(office, NOTICE)
    monkeypatch.setattr(os, "fsync", noted)
    Holdings(office).add(coming)
    assert sorted(flushed[:3]) == ["record.json", "source.txt", "text.txt"]
    assert flushed[3].startswith(".adding-")
    assert flushed[4:] == [DOCUMENTS, ".current.fresh", ID]


def test_what_was_cut_off_is_swept_and_added(office: Path) -> None:
    leftover = office / DOCUMENTS / ".adding-0123"
    leftover.mkdir(parents=True)
    (leftover / "record.json").write_text('{"document_id"', "utf-8")
    (office / DOCUMENTS / ID).mkdir()
    assert Holdings(office).current() == Holdings(office).history(ID) == ()
    assert added(office, NOTICE) is Outcome.ADDED
    assert not leftover.exists()
    assert [each.version[:3] for each in Holdings(office).history(ID)] == ["001"]


def test_a_version_that_was_named_and_does_not_count_yet(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added(office, NOTICE)
    coming = received(office, REVISED)

    def fails(*_: object) -> None:
        raise CutOff

    with monkeypatch.context() as patched:
        patched.setattr("corpus.holdings.let_count", fails)
        with pytest.raises(CutOff):
            Holdings(office).add(coming)
    assert [each.counts for each in Holdings(office).history(ID)] == [True, False]
    assert "不少于2次" in library_at(office).get(ID).text
    assert Holdings(office).restore(ID).version.startswith("002-")


_KILLED = """
import os, signal, sys
from pathlib import Path
from corpus.holdings import Holdings, known_at
from corpus.receiving import receive

home, path = Path(sys.argv[1]), Path(sys.argv[2])
coming = receive(path, known_at(home))
real = Path.rename

def dies(self, target):
    os.kill(os.getpid(), signal.SIGKILL)

Path.rename = dies
Holdings(home).add(coming)
"""


def test_killed(office: Path) -> None:
    added(office, NOTICE)
    before = state(office)
    path = written(office.parent / "inbox", "改.txt", REVISED)
    done = subprocess.run([sys.executable, "-c", _KILLED, str(office), str(path)], cwd=REPOSITORY, check=False)
    assert done.returncode == -signal.SIGKILL
    assert list((office / DOCUMENTS).glob(".adding-*"))
    assert state(office) == before
    assert added(office, REVISED) is Outcome.NEW_VERSION
    assert not list((office / DOCUMENTS).glob(".adding-*"))


_ADDING = """
import sys
from pathlib import Path
from corpus.holdings import Holdings
from corpus.library import library_of
from corpus.receiving import receive

home, names = Path(sys.argv[1]), sys.argv[2:]
coming = [receive(Path(name), library_of(())) for name in names]
print("ready", flush=True)
sys.stdin.readline()
for each in coming:
    print(Holdings(home).add(each), flush=True)
"""


def test_two_processes_add_at_once(office: Path) -> None:
    papers = [NOTICE.replace("31号", f"{number}号") for number in range(40, 60)]
    names = [str(written(office.parent / "inbox", f"{at}.txt", paper)) for at, paper in enumerate(papers)]
    both = [
        subprocess.Popen(
            [sys.executable, "-c", _ADDING, str(office), *order],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for order in (names, names)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    outcomes: list[str] = []
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in both:
        outcomes += process.communicate(timeout=60)[0].split()
        assert process.returncode == 0
    assert sorted(outcomes) == ["added"] * 20 + ["unchanged"] * 20
    assert [len(Holdings(office).history(each.document_id)) for each in Holdings(office).current()] == [1] * 20


# --- damaged

Damage = Callable[[Path], object]
DAMAGE: dict[str, Damage] = {
    "a record cut short": lambda version: (version / "record.json").write_text('{"document_id": "m', "utf-8"),
    "a record of something else": lambda version: (version / "record.json").write_text("[]", "utf-8"),
    "a record without a field": lambda version: (version / "record.json").write_text("{}", "utf-8"),
    "a record with a fact that is none": lambda version: (version / "record.json").write_text(
        json.dumps({**json.loads((version / "record.json").read_text("utf-8")), "facts": {"colour": "red"}}), "utf-8"
    ),
    "no record": lambda version: (version / "record.json").unlink(),
    "no folder": lambda version: shutil.rmtree(version),
    "no text": lambda version: (version / "text.txt").unlink(),
    "a text that is none": lambda version: (version / "text.txt").write_bytes(b"\xff\xfe\xff"),
    "a pointer that points nowhere": lambda version: (version.parent / "current").write_bytes(b"\xff../..\n"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_told_and_an_earlier_version_can_be_had(office: Path, damage: Damage) -> None:
    added(office, NOTICE)
    added(office, REVISED)
    first, second = Holdings(office).history(ID)
    damage(office / DOCUMENTS / ID / second.version)
    with pytest.raises(DamagedHolding, match=rf"{ID} 的版本 .* 已损坏；可用 python -m corpus restore {ID}"):
        library_at(office)
    assert Holdings(office).history(ID)[0] == first
    assert Holdings(office).restore(ID, first.version) == replace(first, counts=True)
    assert "不少于2次" in library_at(office).get(ID).text
    assert added(office, NOTICE.replace("不少于2次", "不少于6次")) is Outcome.NEW_VERSION
    assert "不少于6次" in library_at(office).get(ID).text


def test_a_damaged_document_can_be_removed(office: Path, library: Library) -> None:
    added(office, NOTICE)
    [holding] = Holdings(office).current()
    (office / DOCUMENTS / ID / holding.version / "text.txt").unlink()
    Holdings(office).remove(ID)
    assert len(library_at(office)) == len(known_at(office)) == len(library)


def test_a_disk_that_takes_no_more(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added(office, NOTICE)
    before, coming = state(office), received(office, REVISED)

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            Holdings(office).add(coming)
    assert state(office) == before
    assert Holdings(office).add(coming) is Outcome.NEW_VERSION


# --- beside what comes with the program


def test_copies_of_what_comes_with_the_program_change_no_answer(office: Path, library: Library) -> None:
    for document_id in library.documents:
        assert added(office, (SHIPPED / f"{document_id}.txt").read_text("utf-8")) is Outcome.ADDED
    assert {each.document_id for each in Holdings(office).current()} == set(library.documents)
    now = library_at(office)
    assert list(now) == list(library)
    assert now.anticipated == library.anticipated
    assert manifest_of(now, HashingEncoder()) == manifest_of(library, HashingEncoder())


def test_a_revision_of_what_comes_with_the_program(office: Path, library: Library) -> None:
    ours = library.get("changning-2025-2")
    text = ours.text.replace("至少配置1名主执业点医师", "至少配置2名主执业点医师")
    assert added(office, text) is Outcome.ADDED
    now = library_at(office)
    assert len(now) == len(library)
    assert "至少配置2名" in now.get("changning-2025-2").text
    asked = {each.article_id for each in now.anticipated["changning-2025-2"]}
    assert "2.1.2" not in asked
    assert {"0", "2.1.1", "2.1.3"} <= asked
    assert now.anticipated["daxing-2026-22"] == library.anticipated["daxing-2026-22"]
    Holdings(office).remove("changning-2025-2")
    assert library_at(office).get("changning-2025-2") == ours


def test_questions_for_what_was_added(office: Path) -> None:
    added(office, NOTICE)
    line = {"article_id": "1.2", "question": "巡诊一个月几回？"}
    path = written(office / QUESTIONS, f"{ID}.jsonl", json.dumps(line, ensure_ascii=False) + "\n")
    assert [each.question for each in library_at(office).anticipated[ID]] == ["巡诊一个月几回？"]
    path.write_text('{"article_id": "9", "question": "几回？"}\n', "utf-8")
    with pytest.raises(AnticipatedError, match=r"第 1 行：文件里没有条目 9"):
        library_at(office)


def test_documents_are_worked_out_anew(office: Path) -> None:
    """The canonical text is kept, not the tree: a citation of it stays what it is."""
    added(office, NOTICE)
    [holding] = Holdings(office).current()
    document = Holdings(office).document(holding)
    assert document == received(office, NOTICE).document
    assert document.text == receive(Holdings(office).source(holding), library_of(())).document.text
