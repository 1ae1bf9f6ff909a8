"""Papers for tests of what is added: made up, but as such papers are written; and documents made of such."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from typer.testing import CliRunner

from corpus.__main__ import commands
from corpus.head.metadata import corrected, metadata_of
from corpus.provisions import Metadata, PolicyDocument
from corpus.readers import Furniture, Reading
from corpus.structure.parser import parse

NOTICE = """\
某县人民政府办公室关于推进医养签约服务的通知
某政办发〔2024〕31号
各乡镇人民政府，县有关部门：
为推进医养签约服务，现通知如下。
一、签约范围
（一）县域内养老机构应当与就近的医疗卫生机构签订协议。
（二）签约医疗卫生机构每月上门巡诊不少于2次。
二、工作要求
县卫生健康局每年6月底前将签约情况报送县民政局。
某县人民政府办公室
2024年5月20日
"""
"""With a number and a date."""

NOTICE_ID = "mouzhengbanfa-2024-31"
"""What it is kept under."""

REVISED = NOTICE.replace("不少于2次", "不少于4次")
"""The same notice, another version of its text."""

NEXT_YEAR = NOTICE.replace("2024", "2025").replace("31号", "8号").replace("不少于2次", "不少于3次")
"""A notice of the same title, with a number and a date of its own."""

RULES = """\
某市养老机构服务管理办法
（2019年3月1日某市人民代表大会常务委员会通过）
第一条 为了规范养老机构服务，制定本办法。
第二条 养老机构应当建立老年人健康档案。
第三条 本办法自2019年5月1日起施行。
"""
"""With a date and without a number."""

PLAN = """\
工作方案
一、工作目标
到2026年底，全县养老机构签约率达到100%。
二、重点任务
（一）签约医疗机构每月上门巡诊不少于2次。
（二）养老机构设置医务室的，配备不少于1名执业医师。
三、组织保障
县卫生健康局会同县民政局抓好落实。
"""
"""Without a number and a date, under a title that many papers have."""

PLAN_REVISED = PLAN.replace("不少于1名", "不少于2名")

OTHER_PLAN = """\
工作方案
一、指导思想
深入推进爱国卫生运动。
二、重点任务
（一）每季度开展1次环境整治。
（二）每年对公共厕所检查2次。
"""


def written(folder: Path, name: str, text: str) -> Path:
    """A file of that text."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def document_of(document_id: str, text: str, **facts: object) -> PolicyDocument:
    """As it would be received, with the facts that somebody corrected."""
    provisions = parse(text)
    return PolicyDocument(document_id, corrected(metadata_of(text, provisions), facts), text, provisions)


def word_file(path: Path, days: int) -> Path:
    """A document in Word, of which versions differ in a number of days."""
    paper = Document()
    for line in (
        "某市养老服务办法",
        "某政发〔2022〕9号",
        "第一条　为了规范养老服务，制定本办法。",
        f"第二条　备案应当在{days}日内办理。",
        "某市人民政府",
        "2022年3月1日",
    ):
        paper.add_paragraph(line)
    paper.save(str(path))
    return path


def add(home: Path, path: Path) -> None:
    """By the command, and without an index."""
    added = CliRunner().invoke(commands, ["add", "--no-index", "--home", str(home), str(path)])
    assert added.exit_code == 0, added.output


def paper(text: str, document_id: str = "paper", **facts: Any) -> PolicyDocument:
    """A document of that text, with the facts given and no others."""
    return PolicyDocument(document_id, Metadata(**{"title": "某方案", **facts}), text, parse(text))


def dropped(found: Reading, kind: Furniture) -> list[str]:
    """What a reading left out as that."""
    return [each.text for each in found.dropped if each.kind == kind]
