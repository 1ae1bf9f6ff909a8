"""Receiving a file: which document of the library it is a copy or a version of, and what id a new one gets."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.library import DOCUMENTS, Library, library_of
from corpus.naming import LONGEST, document_id_of, printable
from corpus.provisions import DOCUMENT_ID, Metadata
from corpus.readers import Format, UnreadableFile
from corpus.receiving import receive, same_document
from tests.conftest import SHARED
from tests.papers import NEXT_YEAR, NOTICE, OTHER_PLAN, PLAN, PLAN_REVISED, REVISED, RULES, written

NOTHING = library_of(())
SIGNED = "某县卫生健康局\n2024年5月20日\n"

REWRITTEN = "\n".join(
    line if at < 2 else line.replace("签约", "约定").replace("县", "本县") for at, line in enumerate(NOTICE.split("\n"))
)

# what it is, what the library has, what comes, whether it is the same document
SAME: list[tuple[str, str, str, bool]] = [
    ("the same text", NOTICE, NOTICE, True),
    ("the same text, wrapped otherwise", NOTICE, NOTICE.replace("\n", "\n\n"), True),
    ("the same text, neither number nor date", PLAN, PLAN, True),
    ("the same number, another text", NOTICE, REVISED, True),
    ("the number in other brackets", NOTICE, REVISED.replace("〔2024〕31号", "[2024]31号"), True),
    (
        "the number in other brackets, hardly a line in common",
        NOTICE,
        REWRITTEN.replace("〔2024〕31号", "[2024]31号"),
        True,
    ),
    ("the number with spaces", NOTICE, REVISED.replace("〔2024〕31号", "〔2024〕 31 号"), True),
    ("the same number, another title", NOTICE, NOTICE.replace("签约服务", "家庭病床服务"), False),
    ("another number and date", NOTICE, NEXT_YEAR, False),
    ("another number, the same date", NOTICE, REVISED.replace("31号", "32号"), False),
    ("the same date, no number", RULES, RULES.replace("健康档案", "健康档案和照护档案"), True),
    (
        "a bracket of another width",
        RULES.replace("办法\n", "办法（试行）\n"),
        RULES.replace("办法\n", "办法(试行)\n"),
        True,
    ),
    ("another date, no number: another edition", RULES, RULES.replace("（2019年3月1日", "（2023年9月1日"), False),
    ("another region", RULES.replace("某市", "苏州市"), RULES.replace("某市", "南京市"), False),
    ("a region that only one of them prints", RULES, RULES.replace("某市人民代表", "南京市人民代表"), True),
    (
        "title and date in common, little else",
        PLAN + SIGNED,
        OTHER_PLAN + SIGNED,
        False,
    ),
    ("no date, most lines in common", PLAN, PLAN_REVISED, True),
    ("no date, the title in common and little else", PLAN, OTHER_PLAN, False),
    ("a date, where the known one prints none", PLAN, PLAN + "某县卫生健康局\n2024年5月20日\n", False),
]


@pytest.mark.parametrize(("known", "received", "same"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_same_document(tmp_path: Path, known: str, received: str, same: bool) -> None:
    first = receive(written(tmp_path, "甲.txt", known), NOTHING).document
    second = receive(written(tmp_path, "乙.txt", received), library_of((first,))).document
    assert (second.document_id == first.document_id) is same
    assert (same_document(second.metadata, second.text, library_of((first,))) == first.document_id) is same


def test_a_fact_corrected_makes_no_other_document(tmp_path: Path) -> None:
    path = written(tmp_path, "工作方案.txt", PLAN)
    first = receive(path, NOTHING).document
    facts = {"title": "医养签约服务工作方案", "issued_on": date(2024, 5, 20), "document_number": "某卫发〔2024〕9号"}
    again = receive(path, library_of((first,)), facts).document
    assert again.document_id == first.document_id
    assert (again.metadata.title, again.metadata.issued_on) == ("医养签约服务工作方案", date(2024, 5, 20))


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_copy_of_what_comes_with_the_program_is_known(path: Path, tmp_path: Path, library: Library) -> None:
    text = path.read_text("utf-8")
    copied = receive(written(tmp_path, "下载的文件.txt", text), library)
    assert copied.document.document_id == path.stem
    ours = library.get(path.stem)
    at = len(text) // 2
    changed = receive(written(tmp_path, "下载的文件 (1).txt", text[:at] + "（略）" + text[at:]), library)
    assert changed.document.document_id == path.stem
    assert changed.document.sha256 != ours.sha256


def test_what_is_received_is_accounted_for(tmp_path: Path) -> None:
    path = written(tmp_path, "通知.txt", NOTICE)
    received = receive(path, NOTHING)
    assert received.source_sha256 == sha256(path.read_bytes()).hexdigest()
    assert (received.format, received.notes, received.name) == (Format.TEXT, (), "通知.txt")
    assert not received.report.lost
    assert received.report.characters_in == len("".join(NOTICE.split()))
    assert [each.article_id for each in received.document.walk()] == ["0", "1", "1.1", "1.2", "2", "end"]
    assert received.document.metadata.document_number == "某政办发〔2024〕31号"


@pytest.mark.parametrize("contents", [None, b"", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"])
def test_what_cannot_be_read_is_not_received(tmp_path: Path, contents: bytes | None) -> None:
    path = tmp_path / "通知.txt"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(UnreadableFile, match="通知"):
        receive(path, NOTHING)


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    path = Path(
        str(tmp_path)
        + "/"
        + b"\xb7\xbd\xb0\xb8 \xe5\x8c\xbb\xe5\x85\xbb\xe6\x96\xb9.txt".decode("utf-8", "surrogateescape")
    )
    path.write_text("到2027年底全覆盖。\n", "utf-8")
    received = receive(path, NOTHING)
    assert received.name == "???? 医养方.txt"
    assert received.document.metadata.title == "???? 医养方"
    assert printable("方案.txt") == "方案.txt"


def test_each_document_gets_an_id_of_its_own(tmp_path: Path) -> None:
    library, ids = NOTHING, []
    for number, paper in enumerate([PLAN, OTHER_PLAN, NEXT_YEAR, NOTICE]):
        document = receive(written(tmp_path, f"{number}.txt", paper), library).document
        library = library.with_document(document)
        ids.append(document.document_id)
    assert ids == ["gongzuofangan", "gongzuofangan-2", "mouzhengbanfa-2025-8", "mouzhengbanfa-2024-31"]


# title, number, date, id
NAMED: list[tuple[str, str | None, date | None, str]] = [
    ("某意见", "国卫老龄发〔2024〕40号", None, "guoweilaolingfa-2024-40"),
    ("某意见", "国卫老龄发[2024]40号", None, "guoweilaolingfa-2024-40"),
    ("某通知", "卫医发〔1994〕第30号", None, "weiyifa-1994-30"),
    ("某通知", "京教职成（办）〔2024〕3号", date(2024, 5, 1), "jingjiaozhicheng-ban-2024-3"),
    ("某条例", "中华人民共和国国务院令第351号", None, "zhonghuarenmingongheguoguowuyuanling-351"),
    # a long name is cut, the number never: two announcements of one body stay apart
    (
        "某条例",
        "浙江省第十一届人民代表大会常务委员会公告第16号",
        None,
        "zhejiangshengdishiyijierenmindaibiaodahuichangwu-16",
    ),
    (
        "某条例",
        "浙江省第十一届人民代表大会常务委员会公告第53号",
        None,
        "zhejiangshengdishiyijierenmindaibiaodahuichangwu-53",
    ),
    ("北京市中医药条例", None, date(2020, 11, 27), "beijingshizhongyiyaotiaoli-2020-11-27"),
    ("北京市中医药条例", None, None, "beijingshizhongyiyaotiaoli"),
    ("医养结合示范项目工作方案（2025年版）", None, None, "yiyangjieheshifanxiangmugongzuofangan-2025-nianb"),
    ("ISO 9001 质量手册", None, None, "iso-9001-zhiliangshouce"),
    ("", None, None, "document"),
    ("……", None, date(2024, 1, 2), "document-2024-01-02"),
    ("某通知", "〔2024〕7号", None, "document-2024-7"),
]


@pytest.mark.parametrize(("title", "number", "issued_on", "document_id"), NAMED)
def test_ids_of_new_documents(title: str, number: str | None, issued_on: date | None, document_id: str) -> None:
    assert document_id_of(Metadata(title, number, issued_on=issued_on)) == document_id


@given(st.text(), st.none() | st.text(), st.none() | st.dates())
def test_whatever_is_printed_makes_an_id(title: str, number: str | None, issued_on: date | None) -> None:
    document_id = document_id_of(Metadata(title, number, issued_on=issued_on))
    assert DOCUMENT_ID.fullmatch(document_id)
    assert len(document_id) <= LONGEST + 17


@pytest.mark.skipif(not (SHARED / "library").is_dir(), reason="../shared/library is not on this machine")
def test_editions_of_a_statute_are_documents_of_their_own() -> None:
    library = NOTHING
    for name in (
        "上海市社会救助条例(2018-11-22).txt",
        "上海市社会救助条例(2024-12-31).txt",
        "北京市献血条例(2021-11-26).txt",
    ):
        path = SHARED / "library" / "local" / name
        received = receive(path, library).document
        assert received.document_id not in library
        library = library.with_document(received)
        assert receive(path, library).document.document_id == received.document_id
    assert len(library) == 3
