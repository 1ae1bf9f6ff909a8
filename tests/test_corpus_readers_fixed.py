"""Fixed pages (PDF, OFD): lines into paragraphs, margins dropped, tables over page breaks, reading order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table

from corpus.library import DOCUMENTS
from corpus.readers import LIMITS, Format, Furniture, Limits, UnreadableFile
from corpus.readers.layout import Box, Glyph, sheet_of
from corpus.readers.ofd import read_ofd
from corpus.readers.paragraphs import flow
from corpus.readers.pdf import read_pdf
from corpus.readers.signs import mend_radicals
from tests.fixed_pages import LONG, SONG, canvas_pdf, ofd, ofd_paragraph, ofd_text
from tests.papers import dropped

INDENTED = ParagraphStyle("indented", fontName=SONG, fontSize=16, leading=28, firstLineIndent=32, wordWrap="CJK")
CENTRED = ParagraphStyle("centred", fontName=SONG, fontSize=22, leading=30, alignment=1, wordWrap="CJK")
IN_CELL = ParagraphStyle("cell", fontName=SONG, fontSize=10, leading=13, wordWrap="CJK")
GRID = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]


def text_of(document_id: str) -> list[str]:
    lines = (DOCUMENTS / f"{document_id}.txt").read_text("utf-8").split("\n")
    return [" ".join(line.split()) for line in lines if line.strip()]


def squeezed(text: str) -> str:
    return "".join(text.split())


def pdf(path: Path, story: Sequence[Flowable], on_page: Callable[[Canvas, int], None] | None = None) -> Path:
    """A PDF with the margins that GB/T 9704 gives official documents."""

    def decorate(canvas: Canvas, document: SimpleDocTemplate) -> None:
        if on_page:
            canvas.setFont(SONG, 14)
            on_page(canvas, document.page)

    template = SimpleDocTemplate(str(path), pagesize=A4, leftMargin=79, rightMargin=74, topMargin=105, bottomMargin=99)
    template.build(list(story), onFirstPage=decorate, onLaterPages=decorate)
    return path


def rows(*lines: str) -> list[list[Paragraph]]:
    return [[Paragraph(text.strip(), IN_CELL) for text in line.split("|")] for line in lines]


@pytest.mark.parametrize("document_id", ["daxing-2026-22", "national-2025-8", "changning-2025-2"])
def test_paragraphs_of_a_document_come_back_whole(tmp_path: Path, document_id: str) -> None:
    lines = [line.replace("*", "").replace("[bookmark: _GoBack]", "") for line in text_of(document_id)]
    story = [Paragraph(line.replace("&", "&amp;"), INDENTED if at > 2 else CENTRED) for at, line in enumerate(lines)]

    def decorate(canvas: Canvas, number: int) -> None:
        canvas.drawCentredString(300, 40, f"— {number} —")
        canvas.drawString(80, 800, "医养结合文件汇编")

    found = read_pdf(pdf(tmp_path / "a.pdf", story, decorate), LIMITS)
    assert found.format is Format.PDF
    assert squeezed(found.text) == squeezed("".join(lines))
    got = [squeezed(line) for line in found.text.split("\n")]
    # a centred heading over two lines has no way of showing that it is one
    missing = [line for line in map(squeezed, lines[3:]) if line not in got]
    assert len(missing) <= len(lines) // 50
    pages = len(dropped(found, Furniture.PAGE_NUMBER))
    assert pages > 5
    assert dropped(found, Furniture.RUNNING_HEAD) == ["医养结合文件汇编"] * pages


# what is printed at the foot, and whether it is a page number
FEET = [
    (lambda number: f"- {number} -", True),
    (lambda number: f"{number}", True),
    (lambda number: f"{number}/4", True),
    (lambda number: f"第 {number} 页 共 4 页", True),
    (lambda number: f"{number + 10}", True),
    (lambda number: f"{2020 + number * 7}", False),
]


@pytest.mark.parametrize(("foot", "is_number"), FEET)
def test_page_numbers(tmp_path: Path, foot: Callable[[int], str], is_number: bool) -> None:
    story: list[Flowable] = []
    for number in range(4):
        story += [Paragraph(f"第{number}部分的内容，各不相同。", INDENTED), PageBreak()]
    found = read_pdf(
        pdf(tmp_path / "a.pdf", story, lambda canvas, number: canvas.drawString(300, 40, foot(number))), LIMITS
    )
    assert (len(found.text.split("\n")) == 4) == is_number
    assert len(dropped(found, Furniture.PAGE_NUMBER)) == (4 if is_number else 0)


def test_ruled_tables_once_and_in_place(tmp_path: Path) -> None:
    table = Table(
        rows("序号 | 机构名称 | 床位", "1 | 长宁区第一社会福利院新泾分院名称很长 | 120", "2 | 天山养老院 | 80"),
        [50, 120, 60],
        style=GRID,
    )
    story = [Paragraph("附件1", INDENTED), table, Paragraph("说明：以上为首批。", INDENTED)]
    assert read_pdf(pdf(tmp_path / "a.pdf", story), LIMITS).text.split("\n") == [
        "附件1",
        "序号：1；机构名称：长宁区第一社会福利院新泾分院名称很长；床位：120",
        "序号：2；机构名称：天山养老院；床位：80",
        "说明：以上为首批。",
    ]


def test_a_table_over_pages_with_its_head_again_and_merged_cells(tmp_path: Path) -> None:
    lines = rows(
        "类别 | 机构名称 | 床位", *(f"{'护理' if at % 10 == 0 else ''} | 第{at}养老院 | {at + 100}" for at in range(60))
    )
    merged = [("SPAN", (0, at + 1), (0, at + 10)) for at in range(0, 60, 10)]
    table = Table(lines, [60, 160, 60], rowHeights=22, style=[*GRID, *merged], repeatRows=1)
    found = read_pdf(pdf(tmp_path / "a.pdf", [table]), LIMITS)
    assert found.text.split("\n") == [f"类别：护理；机构名称：第{at}养老院；床位：{at + 100}" for at in range(60)]
    assert dropped(found, Furniture.REPEATED_HEAD) == ["类别机构名称床位"] * 2
    assert found.notes == ("第1页的表格有合并单元格，跨行的短内容已写入各行",)


def test_a_row_that_a_page_break_cuts_is_one_row(tmp_path: Path) -> None:
    long = "符合条件的养老机构应当配备与服务规模相适应的医师和护士，并按规定开展健康档案管理。" * 30
    table = Table(rows("序号 | 要求", "1 | 按规定备案。", f"2 | {long}"), [50, 200], style=GRID, splitInRow=1)
    found = read_pdf(pdf(tmp_path / "a.pdf", [Paragraph("一、要求", INDENTED)] * 8 + [table]), LIMITS)
    assert found.text.split("\n")[-2:] == ["序号：1；要求：按规定备案。", f"序号：2；要求：{long}"]


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawCentredString(297, 780, "政府公报")
        for at in range(20):
            for column, left in ((0, 70), (1, 310)):
                canvas.drawString(left, 740 - at * 20, f"{'左右'[column]}栏第{at:02}行的文字一直排到这一栏边上")

    found = squeezed(read_pdf(canvas_pdf(tmp_path / "a.pdf", draw), LIMITS).text)
    order = [found.index(f"左栏第{at:02}行") for at in range(20)] + [
        found.index(f"右栏第{at:02}行") for at in range(20)
    ]
    assert order == sorted(order)
    assert found.startswith("政府公报")


def test_fields_side_by_side_stay_on_one_line(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for at in range(12):
            canvas.drawString(70, 740 - at * 20, f"联系人：张{at}")
            canvas.drawString(330, 740 - at * 20, f"电话：{5000 + at}")

    assert read_pdf(canvas_pdf(tmp_path / "a.pdf", draw), LIMITS).text.split("\n")[3] == "联系人：张3 电话：5003"


def test_watermarks_and_overprinted_signs(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(100, 700, "养老机构应当备案。")
        canvas.drawString(100.4, 700, "养老机构应当备案。")
        canvas.rotate(45)
        canvas.drawString(300, 100, "内部资料")

    found = read_pdf(canvas_pdf(tmp_path / "a.pdf", draw), LIMITS)
    assert found.text == "养老机构应当备案。"
    assert dropped(found, Furniture.WATERMARK) == ["内部资料"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_turned_sideways(tmp_path: Path, turn: int) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=landscape(A4))
    canvas.setFont(SONG, 12)
    canvas.translate(420, 300)
    canvas.rotate(turn)
    canvas.drawString(-100, 20, "第一行在上面，")
    canvas.drawString(-100, -20, "第二行在下面。")
    canvas.save()
    assert squeezed(read_pdf(tmp_path / "a.pdf", LIMITS).text) == "第一行在上面，第二行在下面。"


def test_latin_words_numbers_and_wide_gaps(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(100, 700, "Health care 服务2025年 10张")
        canvas.drawString(100, 660, "甲局")
        canvas.drawString(160, 660, "乙局")

    text = read_pdf(canvas_pdf(tmp_path / "a.pdf", draw), LIMITS).text.split("\n")
    assert text[0].startswith("Health care")
    assert squeezed(text[0]) == "Healthcare服务2025年10张"
    assert text[1] == "甲局 乙局"


def test_radicals_are_mended(tmp_path: Path) -> None:
    assert mend_radicals("⽼年⼈⻓期护理，⺠政⻅证⽬标，㈠①ａ") == "老年人长期护理，民政见证目标，㈠①ａ"
    path = canvas_pdf(
        tmp_path / "a.pdf", lambda canvas: canvas.drawString(100, 700, "⽼年⼈⻓期护理保险应当按规定备案登记")
    )
    assert read_pdf(path, LIMITS).text == "老年人长期护理保险应当按规定备案登记"


def picture() -> ImageReader:
    from PIL import Image

    return ImageReader(Image.new("L", (60, 80), 128))


def test_scanned_pages_are_refused_or_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"扫描件.*OCR"):
        read_pdf(canvas_pdf(tmp_path / "a.pdf", lambda canvas: canvas.drawImage(picture(), 0, 0, *A4)), LIMITS)

    def draw(canvas: Canvas) -> None:
        canvas.drawString(100, 700, "养老机构应当按规定备案登记并且公开信息。")
        canvas.showPage()
        canvas.drawImage(picture(), 100, 100, 300, 400)
        canvas.showPage()
        canvas.setFont(SONG, 12)
        canvas.drawImage(picture(), 0, 0, *A4)
        canvas.drawString(100, 700, "这一页的文字由机器识别而来，印在扫描的图片上面。")

    assert read_pdf(canvas_pdf(tmp_path / "b.pdf", draw), LIMITS).notes == (
        "第2页是图片，没有文字层，其中的文字没有读取",
        "第3页的文字是扫描后识别的，可能有错字",
    )


def test_too_many_pages(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [Paragraph("一", INDENTED), PageBreak(), Paragraph("二", INDENTED)])
    with pytest.raises(UnreadableFile, match="共 2 页，超过上限 1 页"):
        read_pdf(path, Limits(pages=1))


def test_leaders_of_a_table_of_contents(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for at, title in enumerate(("总则", "服务", "监督", "附则")):
            canvas.drawString(80, 700 - at * 20, f"{title}{'.' * 80} {at + 1}")

    found = read_pdf(canvas_pdf(tmp_path / "a.pdf", draw), LIMITS)
    assert found.text.split("\n") == ["总则", "服务", "监督", "附则"]
    assert len(dropped(found, Furniture.PAGE_NUMBER)) == 4


def ofd_line(left: float, top: float, right: float, bottom: float) -> str:
    width, height = right - left, bottom - top
    return (
        f'<ofd:PathObject ID="3" Boundary="{left} {top} {max(width, 0.3)} {max(height, 0.3)}">'
        f"<ofd:AbbreviatedData>M 0 0 L {width} {height}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def test_ofd(tmp_path: Path) -> None:
    first = (
        ofd_text("关于养老服务的通知", 70, 40, 7.76)
        + ofd_paragraph("一、" + LONG, 60)
        + ofd_paragraph("二、" + LONG, 90)
    )
    second = ofd_paragraph("三、" + LONG, 40)
    pages = [
        f"{page}{ofd_text(f'— {at + 1} —', 95, 280)}"
        for at, page in enumerate((first, second, second.replace("三", "四")))
    ]
    found = read_ofd(ofd(tmp_path / "a.ofd", pages, template=ofd_text("某某区文件汇编", 28, 15)), LIMITS)
    assert found.format is Format.OFD
    assert found.text.split("\n") == ["关于养老服务的通知", *(f"{number}、{LONG}" for number in "一二三四")]
    assert [squeezed(text) for text in dropped(found, Furniture.PAGE_NUMBER)] == ["—1—", "—2—", "—3—"]
    assert dropped(found, Furniture.RUNNING_HEAD) == ["某某区文件汇编"] * 3


def test_ofd_tables_watermarks_and_absolute_places(tmp_path: Path) -> None:
    ruled = "".join(ofd_line(30, top, 150, top) for top in (50, 60, 70)) + "".join(
        ofd_line(left, 50, left, 70) for left in (30, 90, 150)
    )
    cells = (
        ofd_text("机构名称", 32, 52)
        + ofd_text("床位数量", 92, 52)
        + ofd_text("天山养老院", 32, 62)
        + ofd_text("80", 92, 62)
    )
    aslant = ofd_text("内部资料", 50, 150, matrix='CTM="0.7 0.7 -0.7 0.7 0 0"')
    found = read_ofd(ofd(tmp_path / "a.ofd", [ruled + cells + aslant], document="/Doc_0/Document.xml"), LIMITS)
    assert found.text == "机构名称：天山养老院；床位数量：80"
    assert dropped(found, Furniture.WATERMARK) == ["内部资料"]


def test_ofd_of_pictures_only(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="扫描件"):
        read_ofd(ofd(tmp_path / "a.ofd", ['<ofd:ImageObject ID="3" Boundary="0 0 210 297" ResourceID="4"/>']), LIMITS)


@pytest.mark.parametrize(
    "content",
    [
        '<ofd:TextObject Size="x"><ofd:TextCode>甲</ofd:TextCode></ofd:TextObject>',
        '<ofd:TextObject Size="5" Boundary="1 2 x 4"><ofd:TextCode>甲</ofd:TextCode></ofd:TextObject>',
        '<ofd:TextObject Size="5"><ofd:TextCode DeltaX="g x">甲</ofd:TextCode></ofd:TextObject>',
        "<ofd:TextObject>",
    ],
)
def test_unsound_ofd(tmp_path: Path, content: str) -> None:
    with pytest.raises(UnreadableFile, match="损坏"):
        read_ofd(ofd(tmp_path / "a.ofd", [content]), LIMITS)


def test_odd_but_sound_ofd(tmp_path: Path) -> None:
    content = (
        '<ofd:TextObject Size="5"><ofd:TextCode X="1" Y="9" DeltaX="g 99999999 5">甲乙</ofd:TextCode></ofd:TextObject>'
        "<ofd:PathObject><ofd:AbbreviatedData>M 0 0 Z Q 1 L</ofd:AbbreviatedData></ofd:PathObject>"
    )
    assert read_ofd(ofd(tmp_path / "a.ofd", [content]), LIMITS).text == "甲乙"


def glyphs(text: str, left: float, top: float, size: float = 16) -> list[Glyph]:
    return [Glyph(sign, Box(left + at * size, top, left + (at + 1) * size, top + size)) for at, sign in enumerate(text)]


# lines as (indent in signs, length in signs, text or filler), paragraphs
JOINS = [
    ("a full line goes on flush", [(2, 25, ""), (0, 9, "")], 1),
    ("a short line ends its paragraph", [(2, 12, ""), (0, 9, "")], 2),
    ("an indented line begins one", [(2, 25, ""), (2, 9, "")], 2),
    ("a flush line that looks numbered, where paragraphs are indented", [(2, 25, ""), (0, 9, "9.违约责任")], 1),
]


@pytest.mark.parametrize(("lines", "count"), [case[1:] for case in JOINS], ids=[case[0] for case in JOINS])
def test_joining_lines(lines: list[tuple[int, int, str]], count: int) -> None:
    body = [(2, 25, ""), (0, 27, ""), (0, 27, ""), (0, 10, "")] * 2
    found = [
        glyph
        for at, (indent, length, text) in enumerate(body + lines)
        for glyph in glyphs((text or "养老机构应当备案" * 4)[:length], 79 + indent * 16, 100 + at * 28)
    ]
    assert len(flow([sheet_of(found, [], 595, 842)]).lines) == 2 + count
