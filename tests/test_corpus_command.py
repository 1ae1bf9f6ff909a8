"""`python -m corpus`: what it prints, what it changes, and how it refuses."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from corpus.__main__ import commands
from corpus.holdings import Holdings, library_at
from corpus.library import DOCUMENTS, Library
from corpus.structure.conservation import Conservation, conservation
from index.encoder import Encoder
from index.storage import build_index, open_index
from tests.conftest import REPOSITORY, SHARED
from tests.papers import NEXT_YEAR, NOTICE, OTHER_PLAN, PLAN, REVISED, written
from tests.papers import NOTICE_ID as ID

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of one's own, not there yet."""
    home = tmp_path / "var"
    monkeypatch.setenv("YIYANG_HOME", str(home))
    return home


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(commands, [str(each) for each in arguments], prog_name="python -m corpus")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def add(*arguments: str | Path) -> Result:
    return run("add", "--no-index", *arguments)


def ids(home: Path) -> list[str]:
    return [each.document_id for each in Holdings(home).current()]


def said(result: Result) -> str:
    """What a refusal says, without the box around it."""
    return re.sub(r"[\s│]", "", result.stderr)


def files(home: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}


# --- looking


def test_list_prints_one_document_a_line(library: Library) -> None:
    result = run("list")
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["document_id"] for row in rows] == list(library.documents)
    changning = next(row for row in rows if row["document_id"] == "changning-2025-2")
    assert changning["document_number"] == "长民〔2025〕2号"
    assert changning["issued_on"] == "2025-01-02"
    assert (changning["provisions"], changning["version"]) == (28, None)


@pytest.mark.parametrize("source", ["changning-2025-2", str(DOCUMENTS / "changning-2025-2.txt")])
def test_show_prints_the_tree_of_a_document_or_file(source: str, library: Library) -> None:
    result = run("show", source)
    assert result.exit_code == 0
    shown = json.loads(result.stdout)
    document = library.get("changning-2025-2")
    assert (shown["document_id"], shown["sha256"]) == (document.document_id, document.sha256)
    assert [node["article_id"] for node in shown["provisions"]] == [node.article_id for node in document.walk()]
    article = next(node for node in shown["provisions"] if node["article_id"] == "2.1.2")
    assert article["label"] == "二、（一）2."
    assert "至少配置1名主执业点医师和1名注册护士。" in article["text"]
    assert "诊所基本标准" in [link["reference"]["title"] for link in shown["references"]]


def test_show_a_file_that_the_library_does_not_have(tmp_path: Path, office: Path) -> None:
    path = written(tmp_path, "某县方案.md", "# 某县方案\n\n## 一、目标\n\n按照《诊所基本标准》，到2027年底全覆盖。\n")
    shown = json.loads(run("show", path).stdout)
    assert (shown["document_id"], shown["title"]) == ("mouxianfangan", "某县方案")
    assert [(node["article_id"], node["text"]) for node in shown["provisions"]] == [
        ("0", "某县方案"),
        ("1", "一、目标\n按照《诊所基本标准》，到2027年底全覆盖。"),
    ]
    assert [link["reference"]["title"] for link in shown["references"]] == ["诊所基本标准"]
    assert not office.exists()


def test_outline_prints_ids_labels_and_headings() -> None:
    result = run("outline", "national-2025-8")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["0", "文首"]
    assert "3.2.1   　　三、（二）1. 环境设施好" in lines
    assert len(lines) == 25


def test_a_number_printed_twice_is_outlined_twice(tmp_path: Path) -> None:
    lines = run("outline", written(tmp_path, "a.txt", "一、甲\n一、乙\n")).stdout.splitlines()
    assert [line.split() for line in lines] == [["1", "一、", "甲"], ["1~2", "一、", "乙"]]


def test_requirements_of_a_file(tmp_path: Path) -> None:
    path = written(tmp_path, "通知.txt", NOTICE)
    rows = [json.loads(line) for line in run("requirements", path).stdout.splitlines()]
    assert rows
    assert any("1.2" in row["citation"] for row in rows)
    table = run("requirements", path, "--csv")
    assert table.exit_code == 0
    assert "不少于2次" in table.stdout


def test_questions_by_article() -> None:
    lines = run("questions", "changning-2025-2").stdout.splitlines()
    assert lines[-1].endswith("；0 个条目没有能回答的问题")
    assert lines[0].split()[0] == "0"
    assert int(lines[0].split()[1]) > 2


def test_questions_are_those_that_count(tmp_path: Path, office: Path) -> None:
    add(written(tmp_path, "通知.txt", NOTICE))
    assert run("questions", ID).stdout.splitlines()[-1] == "能回答的 0 个，没有写明的 0 个；6 个条目没有能回答的问题"
    line = json.dumps({"article_id": "1.2", "question": "巡诊几回？"}, ensure_ascii=False)
    written(office / "questions", f"{ID}.jsonl", line)
    assert run("questions", ID).stdout.splitlines()[-1] == "能回答的 1 个，没有写明的 0 个；5 个条目没有能回答的问题"


# name, contents (None: not there; "directory"), what the message says
REFUSED: list[tuple[str, bytes | str | None, str]] = [
    ("missing.txt", None, "没有这个文件"),
    ("folder.txt", "directory", "无法打开"),
    ("empty.txt", b"", "没有文字"),
    ("blank.txt", " \n\u3000\n".encode(), "没有文字"),
    ("nul.txt", "一、加强\0质量管理".encode(), "空字节"),
    ("table.csv", "一、加强质量管理".encode(), "暂不支持.csv"),
    ("picture.png", b"\x89PNG\r\n\x1a\n", "这是图片"),
    ("scan.pdf", b"%PDF-1.7", "损坏"),
    ("letter.docx", b"PK\x03\x04", "损坏"),
    ("a" * 300 + ".txt", None, "无法打开"),
    ("unknown-2026-1", None, "库中没有编号为"),
    ("./", "directory", "无法打开"),
]


@pytest.mark.parametrize(("name", "contents", "message"), REFUSED, ids=[name[:20] for name, _, _ in REFUSED])
@pytest.mark.parametrize("command", ["show", "outline", "questions", "requirements"])
def test_what_cannot_be_read_is_refused_in_chinese(
    tmp_path: Path, command: str, name: str, contents: bytes | str | None, message: str
) -> None:
    path = tmp_path / name
    if isinstance(contents, bytes):
        path.write_bytes(contents)
    elif contents == "directory":
        path.mkdir(exist_ok=True)
    result = run(command, path if path.suffix else name)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in said(result)


@pytest.mark.parametrize(
    "command",
    ["add", "remove", "restore", "versions", "list", "show", "outline", "check", "questions", "requirements"],
)
def test_help_is_in_chinese(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert CHINESE.search(result.stdout)
    assert "--home" in result.stdout


# --- adding


def test_add_the_same_again_and_a_new_version(tmp_path: Path, office: Path) -> None:
    path = written(tmp_path, "通知.txt", NOTICE)
    first = add(path)
    assert (first.exit_code, ids(office)) == (0, [ID])
    assert first.stdout == f"✓ 通知.txt → {ID}：已添加，6 个条目\n    关于推进医养签约服务的通知\n"
    before = files(office)
    assert f"{ID}：没有变化" in add(path).stdout
    assert files(office) == before
    written(tmp_path, "通知.txt", REVISED)
    assert f"{ID}：已更新" in add(path).stdout
    written(tmp_path, "通知.txt", NOTICE)
    assert f"{ID}：以前添加过，已被现用的版本取代，没有变化" in add(path).stdout
    rows = [json.loads(line) for line in run("versions", ID).stdout.splitlines()]
    assert [(row["version"][:3], row["source_name"], row["counts"]) for row in rows] == [
        ("001", "通知.txt", False),
        ("002", "通知.txt", True),
    ]
    listed = [json.loads(line) for line in run("list").stdout.splitlines()]
    assert next(row["version"] for row in listed if row["document_id"] == ID) == rows[1]["version"]
    assert "不少于4次" in run("show", ID).stdout


def test_add_folders(tmp_path: Path, office: Path) -> None:
    folder = tmp_path / "政策"
    written(folder, "甲.txt", NOTICE)
    written(folder / "下级", "乙.md", f"# {PLAN}")
    written(folder / "下级", "空.txt", "")
    written(folder, ".隐藏.txt", NEXT_YEAR)
    written(folder / ".git", "丙.txt", NEXT_YEAR)
    written(folder, "说明.csv", "一,二")
    alone = written(tmp_path, "丁.txt", NEXT_YEAR)
    result = add(folder, alone)
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if line[0] in "✓✗"] == [
        "✓ 乙.md → gongzuofangan：已添加，6 个条目",
        "✗ 空.txt：文件里没有文字",
        f"✓ 甲.txt → {ID}：已添加，6 个条目",
        "✓ 丁.txt → mouzhengbanfa-2025-8：已添加，6 个条目",
    ]
    assert ids(office) == ["gongzuofangan", ID, "mouzhengbanfa-2025-8"]
    before = files(office)
    again = add(folder, alone)
    assert again.stdout.count("没有变化") == 3
    assert files(office) == before


def test_add_an_empty_folder(tmp_path: Path, office: Path) -> None:
    (tmp_path / "空").mkdir()
    result = add(tmp_path / "空")
    assert (result.exit_code, office.exists()) == (2, False)
    assert "文件夹里没有可读的文件" in said(result)


def test_two_of_one_title_in_one_go(tmp_path: Path, office: Path) -> None:
    add(written(tmp_path, "甲.txt", PLAN), written(tmp_path, "乙.txt", OTHER_PLAN))
    assert ids(office) == ["gongzuofangan", "gongzuofangan-2"]


def test_dry_run_changes_nothing(tmp_path: Path, office: Path) -> None:
    path = written(tmp_path, "通知.txt", NOTICE)
    result = add("--dry-run", path)
    assert (result.exit_code, office.exists()) == (0, False)
    assert "未添加（试运行）" in result.stdout
    assert "没有文字丢失" in result.stdout
    assert '"document_number": "某政办发〔2024〕31号"' in result.stdout
    assert "1.2     　一、（二）" in result.stdout
    add(path)
    before = files(office)
    assert add("--dry-run", written(tmp_path, "通知.txt", REVISED)).exit_code == 0
    assert files(office) == before
    assert add("--dry-run", written(tmp_path, "空.txt", "")).exit_code == 1


def test_facts(tmp_path: Path, office: Path) -> None:
    path = written(tmp_path, "方案.txt", PLAN)
    add(path)
    result = add(
        path,
        "--fact",
        "title=某县医养签约工作方案",
        "--fact",
        "issued_on=2024-05-20",
        "--fact",
        "names=签约方案、某县方案",
    )
    assert "gongzuofangan：已更新" in result.stdout
    assert "    某县医养签约工作方案\n" in result.stdout
    [row] = [json.loads(line) for line in run("list").stdout.splitlines() if "gongzuofangan" in line]
    assert (row["title"], row["issued_on"]) == ("某县医养签约工作方案", "2024-05-20")
    assert row["names"] == ["签约方案", "某县方案"]
    rows = [json.loads(line) for line in run("versions", "gongzuofangan").stdout.splitlines()]
    assert [row["facts"] for row in rows] == [
        {},
        {"title": "某县医养签约工作方案", "issued_on": "2024-05-20", "names": ["签约方案", "某县方案"]},
    ]


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        ("title", "应写成字段=值"),
        ("title=", "应写成字段=值"),
        ("names=、 、", "应写成字段=值"),
        ("=长宁", "不认识的字段"),
        ("color=红", "不认识的字段color，可用的有title"),
        ("issued_on=2025年1月2日", "应写成2025-01-02这样的日期"),
        ("issued_on=2025-02-30", "应写成2025-01-02这样的日期"),
    ],
)
def test_facts_that_are_none(tmp_path: Path, office: Path, fact: str, message: str) -> None:
    result = add(written(tmp_path, "方案.txt", PLAN), "--fact", fact)
    assert (result.exit_code, office.exists()) == (2, False)
    assert message in said(result)


def test_facts_are_of_one_file(tmp_path: Path, office: Path) -> None:
    result = add(written(tmp_path, "甲.txt", PLAN), written(tmp_path, "乙.txt", NOTICE), "--fact", "region=全国")
    assert (result.exit_code, office.exists()) == (2, False)
    assert "只能用于一份文件" in said(result)


def test_a_lost_character_is_refused(tmp_path: Path, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(*arguments: Any) -> Conservation:
        account = conservation(*arguments)
        return replace(account, lost=True, in_provisions=account.in_provisions - 1)

    good, bad = written(tmp_path, "甲.txt", NOTICE), written(tmp_path, "乙.txt", PLAN)
    assert add(good).exit_code == 0
    monkeypatch.setattr("corpus.receiving.conservation", losing)
    result = add(bad)
    assert result.exit_code == 1
    assert "✗ 乙.txt → gongzuofangan：核对未通过，没有添加" in result.stdout
    assert "有文字丢失" in result.stdout
    assert ids(office) == [ID]
    assert add("--dry-run", bad).exit_code == 1


def test_names_that_are_not_utf8(tmp_path: Path, office: Path) -> None:
    name = b"\xb7\xbd\xb0\xb8.txt".decode("utf-8", "surrogateescape")
    path = Path(f"{tmp_path}/{name}")
    path.write_text(NOTICE, "utf-8")
    empty = Path(f"{tmp_path}/1{name}")
    empty.write_bytes(b"")
    result = add(path, empty)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"✓ ????.txt → {ID}：已添加")
    assert "✗ 1????.txt：文件里没有文字" in result.stdout
    assert Holdings(office).current()[0].source_name == "????.txt"
    assert "✓ ????.txt" in run("check", path).stdout
    assert run("show", path).exit_code == 0
    assert run("show", empty).exit_code == 2


def test_a_disk_that_takes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = add(written(tmp_path, "通知.txt", NOTICE))
    assert result.exit_code == 1
    assert result.stdout == "✗ 通知.txt：磁盘读写出错（No space left on device）\n"


def test_a_data_directory_that_is_none(tmp_path: Path, office: Path) -> None:
    written(tmp_path, "var", "这是文件")
    result = add(written(tmp_path, "通知.txt", NOTICE))
    assert result.exit_code == 1
    assert "磁盘读写出错" in result.stdout
    assert office.is_file()


# --- taking out and back


def test_remove_and_restore(tmp_path: Path, office: Path) -> None:
    path = written(tmp_path, "通知.txt", NOTICE)
    add(path)
    add(written(tmp_path, "通知.txt", REVISED))
    removed = run("remove", "--no-index", ID)
    assert removed.exit_code == 0
    assert removed.stdout == f"已移出 {ID}；用 python -m corpus restore {ID} 可以恢复\n"
    assert ids(office) == []
    assert run("show", ID).exit_code == 2
    assert run("versions", ID).stdout.count('"counts": false') == 2
    restored = run("restore", "--no-index", ID)
    assert (restored.exit_code, ids(office)) == (0, [ID])
    first, second = Holdings(office).history(ID)
    assert restored.stdout == f"{ID} 现为版本 {second.version}\n"
    assert run("restore", "--no-index", ID, "--version", first.version).stdout == f"{ID} 现为版本 {first.version}\n"
    assert "不少于2次" in run("show", ID).stdout


@pytest.mark.parametrize("command", ["remove", "restore", "versions"])
@pytest.mark.parametrize(
    ("document_id", "message"),
    [
        ("changning-2025-2", ("随程序提供，不是添加的文件", "没有添加过")),
        ("unknown-2026-1", ("没有添加过",)),
        ("../var", ("没有添加过",)),
        ("编号", ("没有添加过",)),
        ("a" * 300, ("没有添加过",)),
    ],
)
def test_what_was_never_added(command: str, document_id: str, message: tuple[str, ...]) -> None:
    result = run(command, document_id)
    assert (result.exit_code, result.stdout) == (2, "")
    assert any(each in said(result) for each in message)


def test_a_version_that_never_was(tmp_path: Path, office: Path) -> None:
    add(written(tmp_path, "通知.txt", NOTICE))
    before = files(office)
    result = run("restore", ID, "--version", "002-abc")
    assert result.exit_code == 2
    assert f"没有添加过{ID}的版本002-abc" in said(result)
    assert files(office) == before


def test_a_damaged_holding_is_told_and_can_be_mended(tmp_path: Path, office: Path) -> None:
    add(written(tmp_path, "通知.txt", NOTICE))
    add(written(tmp_path, "通知.txt", REVISED))
    first, second = Holdings(office).history(ID)
    (office / "documents" / ID / second.version / "record.json").write_text("{", "utf-8")
    for command in (["list"], ["show", "changning-2025-2"], ["outline", ID], ["check"], ["add", tmp_path / "通知.txt"]):
        result = run(*command)
        assert (result.exit_code, result.stdout) == (1, "")
        assert f"文件库打不开：添加的文件{ID}的版本{second.version}已损坏" in said(result)
    assert run("restore", "--no-index", ID, "--version", first.version).exit_code == 0
    assert run("show", ID).exit_code == 0


def test_questions_that_fit_no_more_are_told(tmp_path: Path, office: Path) -> None:
    add(written(tmp_path, "通知.txt", NOTICE))
    written(office / "questions", f"{ID}.jsonl", '{"article_id": "9", "question": "几回？"}\n')
    result = run("list")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"文件库打不开：{ID}.jsonl第1行：文件里没有条目9" in said(result)


# --- checking


def test_check_all(tmp_path: Path, library: Library) -> None:
    add(written(tmp_path, "通知.txt", NOTICE))
    result = run("check")
    assert result.exit_code == 0
    assert re.findall(r"^✓ (\S+)", result.stdout, re.M) == [*sorted(library.documents), ID]
    assert result.stdout.count("没有文字丢失") == len(library) + 1
    assert result.stdout.endswith(f"共核对 {len(library) + 1} 份，0 份有问题\n")


def test_check_some(tmp_path: Path) -> None:
    folder = tmp_path / "政策"
    written(folder, "甲.txt", NOTICE.replace("二、工作要求", "三、工作要求"))
    written(folder, "乙.txt", "")
    result = run("check", folder, "daxing-2026-22", tmp_path / "没有.txt")
    assert result.exit_code == 1
    assert re.findall(r"^[✓✗] .*", result.stdout, re.M) == [
        "✗ 乙.txt：文件里没有文字",
        "✓ 甲.txt",
        "✓ daxing-2026-22",
        f"✗ {tmp_path}/没有.txt：没有这个文件",
    ]
    assert "缺" in result.stdout
    assert result.stdout.endswith("共核对 4 份，2 份有问题\n")


def test_check_tells_of_a_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.__main__.conservation", lambda *given: replace(conservation(*given), lost=True))
    result = run("check", written(tmp_path, "通知.txt", NOTICE))
    assert result.exit_code == 1
    assert "✗ 通知.txt" in result.stdout
    assert "共核对 1 份，1 份有问题" in result.stdout


# --- as a program


def program(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "corpus", *map(str, arguments)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_as_a_program_it_fails_without_a_traceback(tmp_path: Path) -> None:
    done = program("show", tmp_path / "missing.txt")
    assert done.returncode == 2
    assert done.stdout == ""
    assert CHINESE.search(done.stderr)
    assert "Traceback" not in done.stderr


def test_an_index_that_cannot_be_made(tmp_path: Path, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    result = run("add", written(tmp_path, "通知.txt", NOTICE))
    assert result.exit_code == 1
    assert "已添加" in result.stdout
    assert said(result) == "文件已入库，但索引没有更新；请运行python-mindexbuild"
    assert ids(office) == [ID]
    assert add(tmp_path / "通知.txt").exit_code == 0


def test_what_is_added_is_found(tmp_path: Path, office: Path, home: Path, library: Library, encoder: Encoder) -> None:
    """The real thing: the model and the index that are there, and the index brought up to date by the command."""
    before = build_index(home, library, encoder)
    office.mkdir()
    (office / "models").symlink_to(home.resolve() / "models")
    shutil.copytree(home / "index", office / "index")
    done = program("add", written(tmp_path, "通知.txt", NOTICE))
    assert done.returncode == 0, done.stderr
    version = (office / "index" / "current").read_text("utf-8").strip()
    assert f"索引 {version} 已就绪" in done.stdout
    assert version != before
    retriever = open_index(office, library_at(office), encoder)
    assert retriever.search("某县签约的医疗机构每个月上门巡诊几次", 1)[0].document_id == ID
    done = program("remove", ID)
    assert done.returncode == 0, done.stderr
    assert (office / "index" / "current").read_text("utf-8").strip() == before


@pytest.mark.skipif(not (SHARED / "library").is_dir(), reason="../shared/library is not on this machine")
def test_real_files_come_in(office: Path) -> None:
    local = SHARED / "library" / "local"
    result = add(local / "上海市社会救助条例(2018-11-22).txt", local / "上海市社会救助条例(2024-12-31).txt")
    assert result.exit_code == 0, result.stdout
    assert len(ids(office)) == 2
    assert run("check").exit_code == 0
