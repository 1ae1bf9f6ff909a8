"""Word documents: automatic numbering as printed, text of runs, revisions, tables; and .doc."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import docx
import pytest

from corpus.readers import LIMITS, Format, Furniture, Reading, UnreadableFile, read
from corpus.readers.docx import read_docx
from corpus.readers.number_formats import printed_number
from tests.word_files import W, doc_file, paragraph, word_file


def reading(body: str, numbering: str = "", styles: str = "", **parts: str) -> Reading:
    return read_docx(io.BytesIO(word_file(body, numbering, styles, **parts)), LIMITS)


def level(index: int, number_format: str, text: str, start: int = 1, suffix: str = "nothing", more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>{more}'
        f'<w:suff w:val="{suffix}"/><w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*definitions: str, lists: str = "") -> str:
    """Definitions 0, 1, … and the lists 1, 2, … that use them, where no others are given."""
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{number}">{levels}</w:abstractNum>'
        for number, levels in enumerate(definitions)
    )
    plain = "".join(
        f'<w:num w:numId="{number + 1}"><w:abstractNumId w:val="{number}"/></w:num>'
        for number in range(len(definitions))
    )
    return f"<w:numbering {W}>{abstract}{lists or plain}</w:numbering>"


# format, number, as printed
NUMBERS = [
    ("decimal", 12, "12"),
    ("chineseCounting", 1, "一"),
    ("chineseCounting", 10, "十"),
    ("chineseCounting", 11, "十一"),
    ("chineseCounting", 20, "二十"),
    ("chineseCounting", 99, "九十九"),
    ("chineseCounting", 100, "一〇〇"),
    ("chineseCountingThousand", 14, "十四"),
    ("chineseCountingThousand", 100, "一百"),
    ("chineseCountingThousand", 101, "一百〇一"),
    ("chineseCountingThousand", 110, "一百一十"),
    ("chineseCountingThousand", 115, "一百一十五"),
    ("chineseCountingThousand", 1001, "一千〇一"),
    ("chineseCountingThousand", 2025, "二千〇二十五"),
    ("japaneseCounting", 21, "二十一"),
    ("japaneseCounting", 110, "百十"),
    ("ideographDigital", 120, "一二〇"),
    ("ideographTraditional", 10, "癸"),
    ("ideographTraditional", 11, "11"),
    ("ideographZodiac", 12, "亥"),
    ("ideographZodiacTraditional", 13, "丙子"),
    ("chineseLegalSimplified", 10, "壹拾"),
    ("chineseLegalSimplified", 205, "贰佰零伍"),
    ("ideographLegalTraditional", 3, "參"),
    ("taiwaneseCountingThousand", 12345, "一萬二千三百四十五"),
    ("decimalEnclosedCircle", 20, "⑳"),
    ("decimalEnclosedCircleChinese", 1, "①"),
    ("decimalEnclosedCircle", 21, "21"),
    ("decimalEnclosedParen", 3, "⑶"),
    ("decimalEnclosedFullstop", 3, "⒊"),
    ("ideographEnclosedCircle", 2, "㈡"),
    ("decimalFullWidth", 10, "１０"),
    ("decimalZero", 7, "07"),
    ("numberInDash", 7, "- 7 -"),
    ("upperRoman", 49, "XLIX"),
    ("lowerRoman", 4000, "4000"),
    ("upperLetter", 27, "AA"),
    ("lowerLetter", 28, "bb"),
    ("ordinal", 12, "12th"),
    ("ordinal", 22, "22nd"),
    ("hex", 31, "1F"),
    ("none", 3, ""),
    ("bullet", 3, ""),
    ("unheardOf", 3, "3"),
    ("chineseCounting", 0, "0"),
    ("chineseCountingThousand", 1_000_000, "1000000"),
]


@pytest.mark.parametrize(("number_format", "number", "printed"), NUMBERS)
def test_numbers_as_word_prints_them(number_format: str, number: int, printed: str) -> None:
    assert printed_number(number, number_format) == printed


# what it is, numbering.xml, (list, level) of each paragraph or None, numbers printed
GONGWEN = (
    level(0, "chineseCountingThousand", "%1、")
    + level(1, "chineseCountingThousand", "（%2）")
    + level(2, "decimal", "%3.", suffix="space")
    + level(3, "decimal", "（%4）")
    + level(4, "decimalEnclosedCircle", "%5")
)
TWICE = "".join(f'<w:num w:numId="{number}"><w:abstractNumId w:val="0"/></w:num>' for number in (1, 2))
ANEW = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
LISTS: list[tuple[str, str, list[tuple[int, int] | None], list[str]]] = [
    (
        "the five levels of official documents",
        numbering(GONGWEN),
        [(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 4), (1, 2), (1, 1), (1, 0), (1, 1)],
        ["一、", "（一）", "1. ", "（1）", "①", "②", "2. ", "（二）", "二、", "（一）"],
    ),
    (
        "paragraphs between do not interrupt; 0 is no list",
        numbering(GONGWEN),
        [(1, 0), None, (0, 0), (1, 0)],
        ["一、", "", "", "二、"],
    ),
    (
        "numbers of the levels above",
        numbering(level(0, "decimal", "%1") + level(1, "decimal", "%1.%2", suffix="tab")),
        [(1, 0), (1, 1), (1, 1), (1, 0), (1, 1)],
        ["1", "1.1 ", "1.2 ", "2", "2.1 "],
    ),
    (
        "in legal numbering all are decimal",
        numbering(level(0, "chineseCounting", "第%1章") + level(1, "decimal", "%1.%2", more="<w:isLgl/>")),
        [(1, 0), (1, 0), (1, 1)],
        ["第一章", "第二章", "2.1"],
    ),
    (
        "articles run on across chapters",
        numbering(
            level(0, "chineseCountingThousand", "第%1章", suffix="space")
            + level(1, "chineseCountingThousand", "第%2条", suffix="space", more='<w:lvlRestart w:val="0"/>')
        ),
        [(1, 0), (1, 1), (1, 1), (1, 0), (1, 1)],
        ["第一章 ", "第一条 ", "第二条 ", "第二章 ", "第三条 "],
    ),
    (
        "a level that starts again only behind the first",
        numbering(
            level(0, "decimal", "%1")
            + level(1, "decimal", "%2")
            + level(2, "decimal", "%3", more='<w:lvlRestart w:val="1"/>')
        ),
        [(1, 0), (1, 1), (1, 2), (1, 1), (1, 2), (1, 0), (1, 2)],
        ["1", "1", "1", "2", "2", "2", "1"],
    ),
    (
        "a start other than 1",
        numbering(level(0, "decimal", "%1)", start=5) + level(1, "lowerLetter", "%2)", start=3)),
        [(1, 0), (1, 1), (1, 0), (1, 1)],
        ["5)", "c)", "6)", "c)"],
    ),
    (
        "a level above that was skipped counts as begun",
        numbering(level(0, "decimal", "%1") + level(1, "decimal", "%1.%2")),
        [(1, 1), (1, 1), (1, 0)],
        ["1.1", "1.2", "2"],
    ),
    (
        "two lists of one definition count on together",
        numbering(
            GONGWEN,
            lists=TWICE,
        ),
        [(1, 0), (2, 0), (1, 0)],
        ["一、", "二、", "三、"],
    ),
    (
        "a list that starts anew, once",
        numbering(
            GONGWEN,
            lists=TWICE.replace('2"><w:abstractNumId w:val="0"/>', f'2"><w:abstractNumId w:val="0"/>{ANEW}'),
        ),
        [(1, 0), (1, 0), (2, 0), (2, 0), (2, 1)],
        ["一、", "二、", "一、", "二、", "（一）"],
    ),
    (
        "a list with a level of its own",
        numbering(
            GONGWEN,
            lists='<w:num w:numId="1"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
            + level(0, "ideographTraditional", "%1．")
            + "</w:lvlOverride></w:num>",
        ),
        [(1, 0), (1, 1), (1, 0)],
        ["甲．", "（一）", "乙．"],
    ),
    (
        "bullets print nothing, words in their place do",
        numbering(level(0, "bullet", "\uf06c"), level(0, "bullet", "注：")),
        [(1, 0), (2, 0)],
        ["", "注："],
    ),
    (
        "a custom format with leading zeros",
        numbering(level(0, "custom", "%1").replace('w:val="custom"', 'w:val="custom" w:format="01, 02, 03, ..."')),
        [(1, 0), (1, 0)],
        ["01", "02"],
    ),
    ("a list without a definition", numbering(GONGWEN), [(7, 0), (1, 8)], ["", ""]),
]


@pytest.mark.parametrize(("xml", "places", "printed"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS])
def test_lists(xml: str, places: list[tuple[int, int] | None], printed: list[str]) -> None:
    body = "".join(paragraph("内容", *(place or (None,))) for place in places)
    assert reading(body, xml).text.split("\n") == [f"{number}内容" for number in printed]


def style(name: str, properties: str = "", based_on: str = "", kind: str = "paragraph") -> str:
    numbered = f"<w:pPr><w:numPr>{properties}</w:numPr></w:pPr>" if properties else ""
    return f'<w:style w:type="{kind}" w:styleId="{name}"><w:basedOn w:val="{based_on}"/>{numbered}</w:style>'


STYLES = (
    f'<w:styles {W}><w:style w:type="paragraph" w:default="1" w:styleId="a"/>'
    + style("Z", '<w:numId w:val="1"/>')
    + style("T", based_on="Z")  # its list is that of Z, its level is linked to it
    + style("K", '<w:ilvl w:val="2"/>', based_on="T")
    + style("N", '<w:numId w:val="0"/>', based_on="Z")
    + style("Circle", based_on="Circle")
    + style("L", '<w:numId w:val="2"/>', kind="numbering")
    + "</w:styles>"
)


def test_numbering_through_styles() -> None:
    xml = numbering(
        level(0, "chineseCountingThousand", "第%1章", suffix="space", more='<w:pStyle w:val="Z"/>')
        + level(1, "chineseCountingThousand", "第%2条", suffix="space", more='<w:pStyle w:val="T"/>')
        + level(2, "chineseCounting", "（%3）")
    )
    body = "".join(
        paragraph(text, style=style)
        for text, style in (
            ("总则", "Z"),
            ("目的", "T"),
            ("甲", "K"),
            ("乙", "K"),
            ("说明", "N"),
            ("依据", "T"),
            ("完", "Circle"),
        )
    )
    assert reading(body, xml, STYLES).text.split("\n") == [
        "第一章 总则",
        "第一条 目的",
        "（一）甲",
        "（二）乙",
        "说明",
        "第二条 依据",
        "完",
    ]


def test_a_definition_that_refers_to_a_list_style() -> None:
    own, linking = "<w:styleLink w:val='L'/>" + level(0, "decimal", "%1．"), "<w:numStyleLink w:val='L'/>"
    lists = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{definition}"/></w:num>'
        for number, definition in ((1, 1), (2, 0), (3, 2))
    )
    circle = "<w:numStyleLink w:val='Circle'/>"
    body = paragraph("甲", 1) + paragraph("乙", 2) + paragraph("丙", 1) + paragraph("丁", 3)
    text = reading(body, numbering(own, linking, circle, lists=lists), STYLES).text
    assert text.split("\n") == ["1．甲", "2．乙", "3．丙", "丁"]


def test_numbers_run_through_tables_and_deleted_paragraphs_have_none() -> None:
    deleted = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'
        '<w:del w:id="2"><w:r><w:delText>删去的一项</w:delText></w:r></w:del></w:p>'
    )
    cell = f"<w:tc>{paragraph('乙', 1)}</w:tc>"
    found = reading(
        f"{paragraph('甲', 1)}{deleted}<w:tbl><w:tr>{cell}</w:tr></w:tbl>{paragraph('丙', 1)}", numbering(GONGWEN)
    )
    assert found.text.split("\n") == ["一、甲", "二、乙", "三、丙"]
    assert [(each.kind, each.text) for each in found.dropped] == [(Furniture.DELETED, "删去的一项")]
    assert "修订" in found.notes[0]


def test_an_empty_numbered_paragraph_counts_and_is_told() -> None:
    found = reading(paragraph("甲", 1) + paragraph("", 1) + paragraph("丙", 1), numbering(GONGWEN))
    assert found.text.split("\n") == ["一、甲", "三、丙"]
    assert [each.text for each in found.dropped] == ["二、"]


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


# what it is, runs of a paragraph, its text
RUNS = [
    ("tabs and line breaks", "<w:r><w:t>第一条</w:t><w:tab/><w:t>甲</w:t><w:br/><w:t>乙</w:t></w:r>", "第一条\t甲\n乙"),
    ("a page break is none", f'{run("养老")}<w:r><w:br w:type="page"/></w:r>{run("服务")}', "养老服务"),
    ("links", f"<w:hyperlink>{run('《管理办法》')}</w:hyperlink>{run('规定')}", "《管理办法》规定"),
    ("insertions", f'{run("应当")}<w:ins w:id="1">{run("及时")}</w:ins>', "应当及时"),
    ("deletions", f'{run("应当")}<w:del w:id="1"><w:r><w:delText>可以</w:delText></w:r></w:del>', "应当"),
    ("moves", f'<w:moveFrom w:id="1">{run("甲")}</w:moveFrom><w:moveTo w:id="2">{run("乙")}</w:moveTo>', "乙"),
    ("hidden text", run("内部", "<w:vanish/>") + run("公开"), "公开"),
    ("not hidden after all", run("公开", '<w:vanish w:val="0"/>'), "公开"),
    ("content controls", f"<w:sdt><w:sdtContent>{run('控件内')}</w:sdtContent></w:sdt>", "控件内"),
    ("smart tags", f"<w:smartTag>{run('大兴区')}</w:smartTag>", "大兴区"),
    ("codes of fields", "<w:r><w:instrText>PAGE</w:instrText></w:r>" + run("3"), "3"),
    (
        "readings over characters",
        f"<w:r><w:ruby><w:rt>{run('yǎng')}</w:rt><w:rubyBase>{run('养')}</w:rubyBase></w:ruby></w:r>",
        "养",
    ),
    ("a hyphen that does not break", "<w:r><w:t>A</w:t><w:noBreakHyphen/><w:t>1</w:t></w:r>", "A-1"),
]


@pytest.mark.parametrize(("runs", "text"), [case[1:] for case in RUNS], ids=[case[0] for case in RUNS])
def test_the_text_of_a_paragraph(runs: str, text: str) -> None:
    assert reading(f"<w:p>{runs}</w:p>").text == text


def test_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent>{paragraph('区民政局文件')}</w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    anchored = (
        f'<w:p><w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
        "</mc:AlternateContent></w:r><w:r><w:t>关于养老的通知</w:t></w:r></w:p>"
    )
    assert reading(anchored).text == "关于养老的通知\n区民政局文件"


def test_blocks_inside_content_controls_and_insertions() -> None:
    body = (
        f"<w:sdt><w:sdtContent>{paragraph('目录')}</w:sdtContent></w:sdt>"
        f'<w:ins w:id="1">{paragraph("插入的段落")}</w:ins>{paragraph("正文")}'
    )
    assert reading(body).text == "目录\n插入的段落\n正文"


def test_page_numbers_of_a_table_of_contents_are_dropped() -> None:
    entry = '<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:r><w:t>第一章 总则</w:t><w:tab/><w:t>12</w:t></w:r></w:p>'
    found = reading(entry + paragraph("第二章 服务………… 15") + paragraph("床位 15"))
    assert [line.strip() for line in found.text.split("\n")] == ["第一章 总则", "第二章 服务", "床位 15"]
    assert [each.kind for each in found.dropped] == [Furniture.PAGE_NUMBER] * 2


def test_heads_feet_and_footnotes() -> None:
    body = '<w:p><w:r><w:t>按标准执行</w:t><w:footnoteReference w:id="2"/></w:r></w:p>' + paragraph("完")
    found = reading(
        body,
        header=f"<w:hdr {W}>{paragraph('内部资料')}</w:hdr>",
        footer=f"<w:ftr {W}>{paragraph('— 1 —')}</w:ftr>",
        footnotes=f'<w:footnotes {W}><w:footnote w:id="0" w:type="separator">{paragraph("")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph("指2024年版标准。")}</w:footnote></w:footnotes>',
    )
    assert found.text == "按标准执行\n2 指2024年版标准。\n完"
    assert [(each.kind, each.text) for each in found.dropped] == [
        (Furniture.RUNNING_HEAD, "内部资料"),
        (Furniture.RUNNING_FOOT, "— 1 —"),
    ]
    assert found.notes == ("有1条脚注，列在所在段落之后",)


def test_tables_with_merged_cells_by_python_docx(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("附件1")
    table = document.add_table(4, 3)
    for row, texts in enumerate(
        (("类别", "医院", "比例"), ("在职", "一级", "90%"), ("", "二级", "85%"), ("合计", "", "100%"))
    ):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 1))
    document.save(str(tmp_path / "a.docx"))
    found = read(tmp_path / "a.docx")
    assert found.format is Format.DOCX
    assert found.text.split("\n") == [
        "附件1",
        "类别：在职；医院：一级；比例：90%",
        "类别：在职；医院：二级；比例：85%",
        "类别、医院：合计；比例：100%",
    ]
    assert found.notes == ("第1个表格有合并单元格，跨行的短内容已写入各行",)


def test_nested_tables_and_grid_gaps() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('内层')}</w:tc></w:tr></w:tbl>"
    rows = "".join(
        f"<w:tr>{gap}" + "".join(f"<w:tc>{content}</w:tc>" for content in contents) + "</w:tr>"
        for gap, contents in (
            ("", (paragraph("项目"), paragraph("标准"), paragraph("备注"))),
            ("", (paragraph("护理"), paragraph("50元"), inner + paragraph("外层"))),
            ('<w:trPr><w:gridBefore w:val="1"/></w:trPr>', (paragraph("60元"), paragraph("无"))),
        )
    )
    assert reading(f"<w:tbl>{rows}</w:tbl>").text.split("\n") == [
        "项目：护理；标准：50元；备注：内层 外层",
        "标准：60元；备注：无",
    ]


def test_a_document_with_macros_is_read_too() -> None:
    data = word_file(paragraph("一、总则"), main="application/vnd.ms-word.document.macroEnabled.main+xml")
    assert read_docx(io.BytesIO(data), LIMITS).text == "一、总则"


def test_a_style_numbered_by_python_docx(tmp_path: Path) -> None:
    document = docx.Document()
    for text in ("配备医师", "配备护士"):
        document.add_paragraph(text, style="List Number")
    document.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx").text == "1. 配备医师\n2. 配备护士"


@pytest.mark.skipif(not (shutil.which("antiword") or shutil.which("soffice")), reason="needs antiword or LibreOffice")
@pytest.mark.parametrize("name", ["old.doc", "old.wps", "old"])
def test_doc_by_a_program_of_the_system(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(doc_file("关于医养结合的通知\n一、总体要求\n养老机构应当至少配备1名医师。\n"))
    found = read(path)
    assert found.format is Format.DOC
    assert [line for line in found.text.split("\n") if line] == [
        "关于医养结合的通知",
        "一、总体要求",
        "养老机构应当至少配备1名医师。",
    ]
    assert any("扩展名" in note for note in found.notes) == (name == "old.wps")


def test_doc_without_such_a_program_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.doc"
    path.write_bytes(doc_file("一、总体要求\n"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableFile, match=r"需要 LibreOffice 或 antiword.*另存为 \.docx"):
        read(path)


def test_the_shape_that_python_docx_writes_is_the_shape_read() -> None:
    """Guards the builder above: python-docx itself opens what it makes."""
    document = docx.Document(io.BytesIO(word_file(paragraph("一、总则"), numbering(GONGWEN), STYLES)))
    assert [each.text for each in document.paragraphs] == ["一、总则"]
