"""`python -m corpus`: what it prints, and how it refuses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corpus.__main__ import commands
from corpus.library import DOCUMENTS, load_library

ROOT = Path(__file__).parents[1]
CHINESE = re.compile("[\u4e00-\u9fff]")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, arguments, prog_name="python -m corpus")


def test_list_prints_one_document_a_line() -> None:
    result = run("list")
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["document_id"] for row in rows] == [document.document_id for document in load_library()]
    changning = next(row for row in rows if row["document_id"] == "changning-2025-2")
    assert changning["document_number"] == "长民〔2025〕2号"
    assert changning["issued_on"] == "2025-01-02"
    assert changning["provisions"] == 28


@pytest.mark.parametrize("source", ["changning-2025-2", str(DOCUMENTS / "changning-2025-2.txt")])
def test_show_prints_the_tree_of_a_document_or_file(source: str) -> None:
    result = run("show", source)
    assert result.exit_code == 0
    shown = json.loads(result.stdout)
    document = load_library().get("changning-2025-2")
    assert shown["sha256"] == document.sha256
    assert [node["article_id"] for node in shown["provisions"]] == [node.article_id for node in document.walk()]
    article = next(node for node in shown["provisions"] if node["article_id"] == "2.1.2")
    assert article["label"] == "二、（一）2."
    assert "至少配置1名主执业点医师和1名注册护士。" in article["text"]
    assert "诊所基本标准" in [reference["title"] for reference in shown["references"]]


def test_outline_prints_ids_labels_and_headings() -> None:
    result = run("outline", "national-2025-8")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["0", "文首"]
    assert "3.2.1   　　三、（二）1. 环境设施好" in lines
    assert len(lines) == 25


def test_show_reads_a_markdown_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "my-plan.md"
    path.write_text("# 某县方案\n\n## 一、目标\n\n到2027年底全覆盖。\n", encoding="utf-8")
    shown = json.loads(run("show", str(path)).stdout)
    assert shown["title"] == "某县方案"
    assert [(node["article_id"], node["text"]) for node in shown["provisions"]] == [
        ("0", "某县方案"),
        ("1", "一、目标\n到2027年底全覆盖。"),
    ]


# name, contents (None: not there; "directory"), what the message says
REFUSED: list[tuple[str, bytes | str | None, str]] = [
    ("missing.txt", None, "没有这个文件"),
    ("folder.txt", "directory", "无法打开"),
    ("empty.txt", b"", "没有文字"),
    ("blank.txt", " \n\u3000\n".encode(), "没有文字"),
    ("old.txt", "一、加强质量管理".encode("gb18030"), "不是UTF-8编码"),
    ("scan.pdf", b"%PDF-1.7", "暂不支持这种格式"),
    ("letter.docx", b"PK\x03\x04", "暂不支持这种格式"),
    ("twice.txt", "一、甲\n一、乙\n".encode(), "编号重复"),
    ("大兴方案.txt", "一、甲\n".encode(), "文件编号只能用"),
    ("unknown-2026-1", None, "库中没有编号为"),
]


@pytest.mark.parametrize(("name", "contents", "message"), REFUSED, ids=[name for name, _, _ in REFUSED])
@pytest.mark.parametrize("command", ["show", "outline"])
def test_what_cannot_be_read_is_refused_in_chinese(
    tmp_path: Path, command: str, name: str, contents: bytes | str | None, message: str
) -> None:
    path = tmp_path / name
    if isinstance(contents, bytes):
        path.write_bytes(contents)
    elif contents == "directory":
        path.mkdir()
    result = run(command, str(path) if path.suffix else name)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert isinstance(result.exception, SystemExit)
    assert message in re.sub(r"[\s│]", "", result.stderr)


def test_a_broken_manifest_beside_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一、甲\n", encoding="utf-8")
    (tmp_path / "manifest.toml").write_text('[a]\nregion = "全国"\n', encoding="utf-8")
    result = run("show", str(tmp_path / "a.txt"))
    assert result.exit_code == 2
    assert "缺少title" in re.sub(r"[\s│]", "", result.stderr)


def test_as_a_program_it_fails_without_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "corpus", "show", str(tmp_path / "missing.txt")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert CHINESE.search(done.stderr)
    assert "Traceback" not in done.stderr
