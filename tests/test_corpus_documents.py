"""The five documents of the library: ids, labels, headings, joins and closings, as printed."""

from __future__ import annotations

import re
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from corpus.library import DOCUMENTS, Library, UnknownDocument, load_document, load_library
from corpus.manifest import ManifestError, read_manifest
from corpus.provisions import PolicyDocument, UnknownProvision
from corpus.structure.cleaning import clean, conserved

SHARED = Path(__file__).parents[2] / "shared" / "corpus"
LIBRARY = load_library()

ARTICLE_IDS = {
    "national-2024-40": "0 1 1.1 1.2 1.3 2 2.4 2.5 2.6 2.7 2.8 3 3.9 3.10 4 4.11 4.12 4.13 4.14 end",
    "national-2025-8": (
        "0 1 2 2.1 2.2 3 3.1 3.1.1 3.1.2 3.1.3 3.1.4 3.1.5 3.1.6 3.2 3.2.1 3.2.2 3.2.3 3.2.4 3.2.5 "
        "4 4.1 4.2 4.3 4.4 4.5"
    ),
    "daxing-2026-22": (
        "0 1 1.1 1.2 1.3 1.4 2 2.5 2.6 2.7 2.8 2.9 3 3.10 3.11 3.12 4 4.13 4.14 4.15 5 5.16 5.17 5.18 5.19 "
        "6 6.20 6.21 6.22 7 7.1 7.2 7.3 end"
    ),
    "changning-2025-2": (
        "0 1 2 2.1 2.1.1 2.1.2 2.1.3 2.1.4 2.1.5 2.2 2.2.6 2.2.7 2.2.8 2.3 2.3.9 2.3.10 2.3.11 "
        "2.4 2.4.12 2.4.13 2.4.14 2.4.15 3 3.1 3.2 3.3 3.4 end"
    ),
    "anonymous-district-plan": (
        "0 1 2 2.1 2.1.1 2.1.2 2.1.3 2.1.4 2.2 2.2.5 2.3 2.3.6 2.3.7 2.3.8 2.3.9 2.4 2.4.10 2.4.11 "
        "2.5 2.5.12 2.6 2.6.13 2.7 2.7.14 3 3.1 3.2 3.3"
    ),
}
EVERY_ID = tuple(ARTICLE_IDS)

# What is layout in each source, and what it leaves behind. Nothing else may go but white space.
ARTEFACTS: dict[str, tuple[tuple[str, str], ...]] = {
    "national-2024-40": ((r"(?m)^#+ ", ""), (r"\[([^\]]+)\]\(#\)", r"\1")),
    "national-2025-8": (),
    "daxing-2026-22": ((r"\[bookmark: _GoBack\]", ""),),
    "changning-2025-2": ((r"\*\*", ""),),
    "anonymous-district-plan": (),
}


def source_of(document_id: str) -> str:
    return (DOCUMENTS / f"{document_id}.txt").read_bytes().decode()


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def paragraphs_of(document_id: str) -> list[str]:
    return LIBRARY.get(document_id).text.split("\n")


# The documents are data, as they were given, byte for byte.
SHA256 = {
    "anonymous-district-plan": "999b92f762465f9c811118a393a845bfb24d3f9cff243c262b8aca42b73a6dc2",
    "changning-2025-2": "7e783ea4d6e6059b63365f67737fc9b326696c22f7bbd1ce917850f9d5babfee",
    "daxing-2026-22": "bb84cab3190a7c317cefb7dc37418f2da076ec9bfdc8b4d56893acb5d46ee057",
    "national-2024-40": "2e51cc4a420ba37a45d500eb5e95e1277e458e884dff5c210d2028566925261d",
    "national-2025-8": "eaaeaec91c6e7161dc1801a8d312003179276199698e9b4259cc69330f9c8e8a",
}


def test_the_files_are_unchanged() -> None:
    assert {path.stem: sha256(path.read_bytes()).hexdigest() for path in DOCUMENTS.glob("*.txt")} == SHA256


def test_the_library_shows_national_documents_first_and_newer_ones_before_older() -> None:
    assert [document.document_id for document in LIBRARY] == [
        "national-2024-40",
        "national-2025-8",
        "daxing-2026-22",
        "changning-2025-2",
        "anonymous-district-plan",
    ]
    assert len(LIBRARY) == 5
    with pytest.raises(UnknownDocument, match="chaoyang-2026-1"):
        LIBRARY.get("chaoyang-2026-1")


@pytest.mark.parametrize("document_id", EVERY_ID)
def test_article_ids_are_the_printed_numbers(document_id: str) -> None:
    assert [provision.article_id for provision in LIBRARY.get(document_id).walk()] == ARTICLE_IDS[document_id].split()


@pytest.mark.parametrize("document_id", EVERY_ID)
def test_the_file_is_the_one_handed_over_byte_for_byte(document_id: str) -> None:
    original = SHARED / f"{document_id}.txt"
    if not original.exists():
        pytest.skip(f"{original} is not on this machine")
    assert (DOCUMENTS / original.name).read_bytes() == original.read_bytes()


@pytest.mark.parametrize("document_id", EVERY_ID)
def test_nothing_is_lost_but_space_and_the_listed_artefacts(document_id: str) -> None:
    expected = source_of(document_id)
    for pattern, left in ARTEFACTS[document_id]:
        expected, count = re.subn(pattern, left, expected)
        assert count, f"{pattern} is not in {document_id}"
    assert squeezed(LIBRARY.get(document_id).text) == squeezed(expected)


@pytest.mark.parametrize("document_id", EVERY_ID)
def test_cleaning_gives_account_of_itself(document_id: str) -> None:
    source = source_of(document_id)
    cleaned = clean(source)
    assert conserved(source, cleaned)
    assert bool(cleaned.dropped) == bool(ARTEFACTS[document_id])
    assert clean(cleaned.text).text == cleaned.text


@pytest.mark.parametrize("document_id", EVERY_ID)
def test_own_texts_make_up_the_text(document_id: str) -> None:
    document = LIBRARY.get(document_id)
    assert "".join(document.own_text(provision) for provision in document.walk()) == document.text
    for provision in document.walk():
        below = tuple(
            document.own_text(other)
            for other in document.walk()
            if other.article_id.startswith(f"{provision.article_id}.")
        )
        assert document.whole_text(provision) == document.own_text(provision) + "".join(below)


@pytest.mark.parametrize("document_id", EVERY_ID)
def test_what_the_manifest_says_is_printed_in_the_document(document_id: str) -> None:
    metadata = LIBRARY.get(document_id).metadata
    text = squeezed(source_of(document_id))
    issued = metadata.issued_on
    printed_date = f"{issued.year}年{issued.month}月{issued.day}日" if issued else None
    region = None if metadata.region == "全国" else metadata.region
    for fact in (
        metadata.title,
        metadata.document_number,
        metadata.status,
        printed_date,
        region,
        *metadata.issuers,
    ):
        assert fact is None or fact in text, fact


@pytest.mark.parametrize(
    ("document_id", "document_number", "issued_on", "issuers", "status"),
    [
        ("daxing-2026-22", "京兴政卫发〔2026〕22号", date(2026, 3, 30), 3, None),
        ("changning-2025-2", "长民〔2025〕2号", date(2025, 1, 2), 4, None),
        ("national-2024-40", "国卫老龄发〔2024〕40号", date(2024, 12, 12), 5, "现行有效"),
        ("national-2025-8", "国卫老龄发〔2025〕8号", None, 1, None),
        ("anonymous-district-plan", None, None, 0, None),
    ],
)
def test_the_manifest_leaves_out_what_is_not_printed(
    document_id: str, document_number: str | None, issued_on: date | None, issuers: int, status: str | None
) -> None:
    metadata = LIBRARY.get(document_id).metadata
    assert (metadata.document_number, metadata.issued_on, metadata.status) == (
        document_number,
        issued_on,
        status,
    )
    assert len(metadata.issuers) == issuers


def test_no_nickname_names_two_documents() -> None:
    names = [name for document in LIBRARY for name in document.metadata.names]
    assert len(names) == len(set(names))


# Where a page break or a narrow title cut a sentence in the source: the words on both sides.
JOINED = [
    ("changning-2025-2", "门诊部按照《医疗机构基本标准（试行）》（卫医发〔1994〕第30号）执行"),
    ("changning-2025-2", "《上海市社区卫生服务中心与养老服务机构签约服务管理规范（试行）》等文件要求"),
    ("changning-2025-2", "相应资质和条件直接进行养老机构准予备案，简化手续。"),
    ("changning-2025-2", "区民政局、区卫健委指导各街镇根据实际建立"),
    ("changning-2025-2", "老年认知障碍友好社区家庭支持中心等平台"),
    ("changning-2025-2", "支持符合条件的养老机构内设医疗机构纳入医保定点"),
    ("changning-2025-2", "关于印发《进一步深化长宁区养老服务医养结合发展的实施方案》的通知"),
    ("national-2024-40", "可能产生歧义或者误导公众的名称。"),
    ("national-2024-40", "利用中医药技术方法，为老年人提供中医体质辨识"),
    ("anonymous-district-plan", "以不同形式为入住老年人提供医疗护理服务"),
    ("anonymous-district-plan", "对65岁以上老年人每年免费提供一次"),
    ("anonymous-district-plan", "依托我区“卫计e通”建设项目"),
    ("anonymous-district-plan", "积极支持医养结合发展。人力资源社会保障部门要将"),
    ("daxing-2026-22", "关于印发《大兴区开展医养结合促进行动推动医养结合服务高质量发展的工作措施》的通知"),
]


@pytest.mark.parametrize(("document_id", "words"), JOINED)
def test_page_breaks_inside_a_sentence_are_taken_out(document_id: str, words: str) -> None:
    assert words not in source_of(document_id)
    assert words in LIBRARY.get(document_id).text


# Whole paragraphs that must stand alone, though no full stop divides them from their neighbours.
ALONE = [
    ("changning-2025-2", "上海市长宁区民政局"),
    ("changning-2025-2", "上海市长宁区医疗保障局"),
    ("changning-2025-2", "长民〔2025〕2号"),
    ("changning-2025-2", "(此页无正文)"),
    ("changning-2025-2", "2025年1月2日"),
    ("changning-2025-2", "关于进一步深化长宁区养老服务 医养结合发展的实施方案"),
    ("changning-2025-2", "二、主要任务"),
    ("changning-2025-2", "(二) 多方位促进社区和居家养老服务医养结合发展"),
    ("changning-2025-2", "附件：长宁区养老服务医养结合重点项目分工表"),
    (
        "national-2024-40",
        "发 文 机 关:国家卫生健康委员会,民政部,国家医疗保障局,国家中医药管理局,国家疾病预防控制局",
    ),
    ("national-2024-40", "发 布 日 期:2024.12.12"),
    ("national-2024-40", "文 号:国卫老龄发〔2024〕40号"),
    ("national-2024-40", "国卫老龄发〔2024〕40号"),
    ("national-2024-40", "一、加强质量管理"),
    ("national-2024-40", "国家卫生健康委民政部"),
    ("national-2024-40", "国家疾控局"),
    ("national-2025-8", "医养结合示范项目工作方案"),
    ("national-2025-8", "（2025年版）"),
    ("national-2025-8", "（二）全国医养结合示范机构"),
    ("daxing-2026-22", "北京市大兴区卫生健康委员会文件"),
    ("daxing-2026-22", "北 京 市 大 兴 区 民 政 局"),
    ("daxing-2026-22", "北京市大兴区卫生健康委员会     北京市大兴区民政局"),
    ("daxing-2026-22", "大兴区开展医养结合促进行动"),
    ("daxing-2026-22", "推动医养结合服务高质量发展的工作措施"),
    ("daxing-2026-22", "七、工作要求"),
    ("daxing-2026-22", "（此件公开发布）"),
    ("anonymous-district-plan", "**市**区"),
    ("anonymous-district-plan", "推进医养结合工作的实施方案"),
    ("anonymous-district-plan", "（三）强化督导考核"),
]


@pytest.mark.parametrize(("document_id", "paragraph"), ALONE)
def test_signatures_titles_headings_and_fields_stay_on_their_own(document_id: str, paragraph: str) -> None:
    assert paragraph in paragraphs_of(document_id)


# article_id, label, heading, parent
NODES = [
    ("changning-2025-2", "0", "文首", "", None),
    ("changning-2025-2", "2.1.2", "二、（一）2.", "", "2.1"),
    ("changning-2025-2", "2.2", "二、（二）", "多方位促进社区和居家养老服务医养结合发展", "2"),
    ("changning-2025-2", "2.2.6", "二、（二）6.", "推进“15分钟社区美好生活圈”医养服务融合发展", "2.2"),
    ("changning-2025-2", "end", "文末", "", None),
    ("anonymous-district-plan", "2.4.11", "二、（四）l1.", "", "2.4"),
    ("anonymous-district-plan", "2.4.10", "二、（四）10.", "", "2.4"),
    ("anonymous-district-plan", "2.7.14", "二、（七）14.", "依托信息技术创新医养结合服务", "2.7"),
    ("daxing-2026-22", "5.18", "五、（十八）", "加大医保支持力度", "5"),
    ("daxing-2026-22", "7.2", "七、（二）", "加强监测评估，注重信息反馈", "7"),
    ("daxing-2026-22", "7.3", "七、（3）", "强化督导检查，确保取得实效", "7"),
    ("national-2024-40", "2.7", "二、（七）", "推进“互联网+医养结合”", "2"),
    ("national-2024-40", "3", "三、", "强化队伍建设", None),
    ("national-2025-8", "3.2", "三、（二）", "全国医养结合示范机构", "3"),
    ("national-2025-8", "3.2.1", "三、（二）1.", "环境设施好", "3.2"),
    ("national-2025-8", "4", "四、", "工作流程", None),
]


@pytest.mark.parametrize(("document_id", "article_id", "label", "heading", "parent"), NODES)
def test_labels_and_headings_are_as_printed(
    document_id: str, article_id: str, label: str, heading: str, parent: str | None
) -> None:
    provision = LIBRARY.get(document_id).find(article_id)
    assert (provision.label, provision.heading, provision.parent) == (label, heading, parent)
    assert provision.level == (1 if parent is None else parent.count(".") + 2)


def test_headings_run_from_the_outermost_inwards() -> None:
    document = LIBRARY.get("national-2025-8")
    assert document.headings(document.find("3.2.1")) == ("创建标准", "全国医养结合示范机构", "环境设施好")
    assert [node.article_id for node in document.children("3.2")] == [
        "3.2.1",
        "3.2.2",
        "3.2.3",
        "3.2.4",
        "3.2.5",
    ]
    assert [node.article_id for node in document.ancestors(document.find("3.2.1"))] == ["3", "3.2"]


@pytest.mark.parametrize(
    ("document_id", "closing"),
    [
        ("national-2024-40", "国家卫生健康委民政部\n国家医保局国家中医药局\n国家疾控局\n2024年12月12日"),
        (
            "daxing-2026-22",
            "（此件公开发布）\n北京市大兴区卫生健康委员会办公室        2026年3月30日印发",
        ),
        ("changning-2025-2", "附件：长宁区养老服务医养结合重点项目分工表"),
    ],
)
def test_the_closing_holds_what_stands_after_the_last_article(document_id: str, closing: str) -> None:
    document = LIBRARY.get(document_id)
    assert document.own_text(document.find("end")) == closing


@pytest.mark.parametrize(
    ("document_id", "article_id", "begins", "ends"),
    [
        ("national-2024-40", "4.14", "（十四）做好传染病防控。", "并向辖区疾病预防控制机构报告。"),
        ("daxing-2026-22", "7.2", "（二）加强监测评估", "整体水平持续提升。"),
        ("daxing-2026-22", "7.3", "（3） 强化督导检查", "要及时督促整改。"),
        ("changning-2025-2", "3.4", "（四）加大宣传力度", "获得感、幸福感和安全感。"),
        ("changning-2025-2", "2.1.4", "4. 强化签约服务机制。", "满足养老机构住养老人基本用药需求。"),
        ("national-2025-8", "4.5", "（五）动态管理。", "且3年内不得申请创建示范县（市、区）和示范机构。"),
        (
            "national-2025-8",
            "3.2",
            "（二）全国医养结合示范机构",
            "利用信息化手段提升医养结合服务质量和效率。",
        ),
        ("anonymous-district-plan", "3.3", "（三）强化督导考核", "促进医养结合健康发展。"),
        ("anonymous-district-plan", "2.4.11", "l1.推行家庭医生签约服务", "健康管理等基本服务。"),
    ],
)
def test_an_article_reaches_from_its_number_to_its_last_word(
    document_id: str, article_id: str, begins: str, ends: str
) -> None:
    document = LIBRARY.get(document_id)
    words = document.own_text(document.find(article_id)).rstrip()
    assert words.startswith(begins)
    assert words.endswith(ends)


def test_an_article_that_is_not_there_is_unknown() -> None:
    document = LIBRARY.get("changning-2025-2")
    assert not document.has("2.1.6")
    with pytest.raises(UnknownProvision, match=r"changning-2025-2#2\.1\.6"):
        document.find("2.1.6")


def test_a_document_outside_the_library_has_its_first_line_as_title(tmp_path: Path) -> None:
    path = tmp_path / "my-plan.txt"
    path.write_text("某县实施方案\n一、目标\n到2027年底全覆盖。\n", encoding="utf-8")
    document: PolicyDocument = load_document(path)
    assert (document.document_id, document.metadata.title, document.metadata.issuers) == (
        "my-plan",
        "某县实施方案",
        (),
    )
    assert [provision.article_id for provision in document.walk()] == ["0", "1"]


def test_a_library_reads_any_directory_and_keeps_its_manifest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("# 乙\n", encoding="utf-8")
    (tmp_path / "c.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "manifest.toml").write_text('[a]\ntitle = "甲"\nregion = "全国"\n', encoding="utf-8")
    library: Library = load_library(tmp_path)
    assert [(document.document_id, document.metadata.region) for document in library] == [
        ("a", "全国"),
        ("b", None),
    ]


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        ('[a]\nregion = "全国"\n', "a 缺少 title"),
        ('[a]\ntitle = "甲"\nissuer = "乙"\n', "不认识的字段 issuer"),
        ('[a]\ntitle = "甲"\nissued_on = 20250102\n', "issued_on 类型不对"),
        ("[a\n", "不是有效的 TOML"),
        ('a = "甲"\n', "a 缺少 title"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused(tmp_path: Path, manifest: str, complaint: str) -> None:
    (tmp_path / "manifest.toml").write_text(manifest, encoding="utf-8")
    with pytest.raises(ManifestError, match=complaint):
        read_manifest(tmp_path)


def test_a_directory_without_a_manifest_has_no_facts(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == {}
