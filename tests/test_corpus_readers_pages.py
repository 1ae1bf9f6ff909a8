"""Web pages and Markdown: what of a page is its text, what is furniture, and what is kept of the box of facts."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import pytest
from lxml import html

from corpus.readers import Format, Furniture, Reading, UnreadableFile
from corpus.readers.html import read_html
from corpus.readers.markdown import read_markdown
from corpus.readers.site_furniture import furniture_of, read_fields
from tests.papers import dropped
from tests.site_pages import BODY, FOOT, HEAD, LINES, TITLE, page

PAGES = Path(__file__).parents[2] / "shared" / "library" / "pages"


def read_page(*arguments: str, **named: str) -> Reading:
    return read_html(page(*arguments, **named).encode())


def test_the_text_of_a_page_and_an_account_of_the_rest() -> None:
    found = read_page()
    assert found.format is Format.HTML
    assert found.text.split("\n") == [TITLE, *LINES]
    assert dropped(found, Furniture.BREADCRUMB) == ["您当前所在的位置：首页 > 政务公开 > 通知公告"]
    assert len(dropped(found, Furniture.RELATED_LINKS)) == 2
    assert dropped(found, Furniture.SITE_FOOTER) == [
        "网站标识码：1100000001 京ICP备00000001号 京公网安备11000000000001号"
    ]
    assert dropped(found, Furniture.PAGE_TOOL) == ["首页", "打印 关闭", "扫一扫在手机打开当前页"]
    # every character of the page is in one or the other
    visible = "".join(html.document_fromstring(page()).xpath("string(//body)").split()).replace("vara='脚本';", "")
    told = "".join((found.text + "".join(each.text for each in found.dropped)).split())
    assert not Counter(visible) - Counter(told)


FACTS = [
    ("索 引 号", "X/2025-00001"),
    ("主题分类", "民政"),
    ("发文机关", "某某区民政局"),
    ("成文日期", "2025-03-01"),
    ("文 号", "某民发〔2025〕3号"),
    ("有 效 性", ""),
]
CELLS = [f"<td>{name}：</td><td>{value}</td>" for name, value in FACTS]
# the box of facts as sites build it
BOXES = {
    "table": "<table>"
    + "".join(f"<tr>{one}{other}</tr>" for one, other in zip(CELLS[::2], CELLS[1::2], strict=True))
    + "</table>",
    "list": "<ul>" + "".join(f"<li><b>{name}：</b><span>{value}</span></li>" for name, value in FACTS) + "</ul>",
    "definitions": "<dl>" + "".join(f"<dt>{name}：</dt><dd>{value}</dd>" for name, value in FACTS) + "</dl>",
    "line": "<div>" + " ".join(f"{name}：{value}" for name, value in FACTS) + "</div>",
}


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_the_box_of_facts(box: str) -> None:
    found = read_page(above=box)
    assert found.text.split("\n") == [
        TITLE,
        "索引号：X/2025-00001",
        "主题分类：民政",
        "发文机关：某某区民政局",
        "成文日期：2025-03-01",
        "文号：某民发〔2025〕3号",
        *LINES,
    ]
    assert len(dropped(found, Furniture.EMPTY_FIELD)) == 1


def test_the_line_under_the_title() -> None:
    line = "<div>发布日期：2025-03-02 来源：区民政局 浏览次数：12 【字体：大 中 小】</div>"
    found = read_page(title=f"<h1>{TITLE}</h1>{line}")
    assert found.text.split("\n") == [TITLE, "发布日期：2025-03-02", "来源：区民政局", *LINES]
    assert [text for text in dropped(found, Furniture.PAGE_TOOL) if "浏览" in text or "字体" in text]


def test_metadata_of_the_page() -> None:
    meta = f'<meta name="ArticleTitle" content="{TITLE}"><meta name="PubDate" content="2025-03-02 09:00">'
    found = read_page(meta=meta, title="<h2>通知公告</h2>")
    assert found.text.split("\n")[:2] == [TITLE, "发布日期：2025-03-02 09:00"]


def test_a_title_that_opens_the_text_is_not_printed_twice() -> None:
    found = read_page(f"<p style='text-align:center'>{TITLE}</p>{BODY}")
    assert found.text.split("\n") == [TITLE, *LINES]
    # but the number of the document may stand above it
    found = read_page(f"<p>某民发〔2025〕3号</p><p>{TITLE}</p>{BODY}")
    assert found.text.split("\n") == [TITLE, "某民发〔2025〕3号", TITLE, *LINES]


def test_an_old_page_laid_out_by_tables_and_broken_lines() -> None:
    text = "<br>　　".join(f"{line}&nbsp;" for line in LINES)
    menu = "<td width=200><a href=/a>机构职能</a><br><a href=/b>政策法规</a></td>"
    inner = f"<table><tr><td align=center><b>{TITLE}</b></td></tr><tr><td>　　{text}</td></tr></table>"
    old = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
    <title>{TITLE}</title></head>
    <body><table width=980><tr><td colspan=2>{HEAD}</td></tr><tr>{menu}<td>{inner}</td></tr>
    <tr><td colspan=2>{FOOT}</td></tr></table></body></html>""".replace("\n    ", "\n")
    found = read_html(old.encode("gb18030"))
    assert found.text.split("\n")[0] == TITLE
    assert found.text.split("\n")[-len(LINES) :] == LINES
    assert "政策法规" not in found.text


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("gb2312", "gb18030"),
        ("gb2312", "utf-8"),
        ("utf-8", "gb18030"),
        ("hex", "utf-8"),
    ],
)
def test_a_declared_encoding_counts_only_if_it_fits(declared: str, encoding: str) -> None:
    text = page(meta=f'<meta charset="{declared}">')
    assert read_html(text.encode(encoding)).text.split("\n") == [TITLE, *LINES]


def test_a_page_in_big5() -> None:
    line = "安老院舍須備有醫護人員，並按規定向社會公布有關資料。"
    text = page(f"<p>{line}</p>" * 5, title="<h1>安老院實務守則</h1>", meta='<meta charset="big5">')
    assert line in read_html(text.encode("big5hkscs", "ignore")).text


def test_tables_in_a_page() -> None:
    table = """<table><thead><tr><th rowspan=2>人员</th><th colspan=2>报销比例</th></tr>
    <tr><th>一级</th><th>二级</th></tr></thead><tr><td>在职</td><td><p>90%</p></td><td>85%</td></tr>
    <tr><td>退休</td><td colspan=2>95%</td></tr></table>"""
    found = read_page(BODY + table)
    assert found.text.split("\n")[-2:] == [
        "人员：在职；报销比例·一级：90%；报销比例·二级：85%",
        "人员：退休；报销比例·一级、二级：95%",
    ]
    assert found.notes == ("表格有合并单元格，跨行的短内容已写入各行",)


def test_lists_have_the_numbers_that_browsers_print() -> None:
    lists = """<ol><li>核对身份，登记信息。</li><li>办理备案，发给凭证。</li></ol>
    <ol start=3 type=a><li>归档，备查。</li></ol>
    <ol style="list-style-type:simp-chinese-informal"><li>总则，说明。</li></ol>
    <ol><li>（一）已有编号，不再加。</li></ol><ul><li>无编号，不加。</li></ul>"""
    assert read_page(BODY + lists).text.split("\n")[-6:] == [
        "1. 核对身份，登记信息。",
        "2. 办理备案，发给凭证。",
        "c. 归档，备查。",
        "一、总则，说明。",
        "（一）已有编号，不再加。",
        "无编号，不加。",
    ]


def test_hidden_text_is_dropped_unless_the_page_is_shown_by_its_script() -> None:
    hidden = '<div style="display: none">朗读用的全文，这里不显示。</div>'
    found = read_page(BODY + hidden)
    assert found.text.split("\n") == [TITLE, *LINES]
    assert dropped(found, Furniture.HIDDEN) == ["朗读用的全文，这里不显示。"]
    whole = page().replace("<body>", '<body><div style="display:none">').replace("</body>", "</div></body>")
    assert read_html(whole.encode()).text.split("\n") == [TITLE, *LINES]


def test_annexes_below_the_text_are_kept() -> None:
    text = page().replace(
        '<div class="share">', '<div class="fj"><a href="/f/3.pdf">实施细则.pdf</a></div><div class="share">'
    )
    assert read_html(text.encode()).text.split("\n") == [TITLE, *LINES, "实施细则.pdf"]


def test_a_page_of_links_is_read_as_links() -> None:
    items = "".join(f'<li><a href="/{number}.html">关于养老服务的通知之{number}</a></li>' for number in range(1, 9))
    found = read_page(f"<ul>{items}</ul>")
    assert found.text.count("关于养老服务的通知之") == 8
    assert "互动交流" not in found.text


@pytest.mark.parametrize("text", ["<html><body></body></html>", "<html><script>1</script></html>", "<div></div>"])
def test_a_page_without_text(text: str) -> None:
    with pytest.raises(UnreadableFile, match="没有"):
        read_html(text.encode())


# line, kind of furniture
FURNITURE = [
    ("当前位置：首页 > 政务公开", Furniture.BREADCRUMB),
    ("首页>政务公开>通知", Furniture.BREADCRUMB),
    ("【打印】 【关闭】", Furniture.PAGE_TOOL),
    ("A+ 大 A 中 A- 小", None),
    ("字体：大 中 小", Furniture.PAGE_TOOL),
    ("分享到：微信 微博 QQ空间", Furniture.PAGE_TOOL),
    ("浏览次数：123次", Furniture.PAGE_TOOL),
    ("您是第 12 位访客", Furniture.PAGE_TOOL),
    ("↺", Furniture.PAGE_TOOL),
    ("上一条：关于开展检查的通知", Furniture.RELATED_LINKS),
    ("Copyright © 某某市民政局", Furniture.SITE_FOOTER),
    # text that looks like it
    ("位置：某某区建设路1号", None),
    ("打印机由区财政局统一采购。", None),
    ("下载安装应用程序后登录", None),
    ("大力发展养老服务", None),
    ("主办单位：某某区民政局", None),
    ("上一年度评估结果", None),
    ("浏览次数：不少于12次的", None),
]


@pytest.mark.parametrize(("line", "kind"), FURNITURE)
def test_lines_of_furniture(line: str, kind: Furniture | None) -> None:
    assert furniture_of(line) is kind


def test_fields_of_a_line() -> None:
    fields = read_fields("[发布日期：2025-03-02] 来 源：区民政局 文号： 点击数：5")
    assert fields is not None
    assert (fields.kept, fields.empty, fields.tools) == (
        ("发布日期：2025-03-02", "来源：区民政局"),
        ("文号：",),
        ("点击数：5",),
    )
    assert read_fields("关于来源：的说明") is None


@pytest.mark.parametrize(
    "line",
    ["返回首页" * 99 + "x", "大" * 399 + "x", "首页" * 199 + "x", "来源：" * 130, "首页 " * 130 + "。", "【" * 400],
)
def test_no_line_takes_long(line: str) -> None:
    began = perf_counter()
    furniture_of(line)
    read_fields(line)
    assert perf_counter() - began < 0.2


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 20_000 + "深" + "</div>" * 20_000,
        "<html><body>养" + "\n" * 300_000 + "a</body></html>",
        "<html><body>" + "<table><tr><td>" * 3_000 + "深",
        "<html><body><table>" + "<tr><td colspan=9999 rowspan=9999>宽。</td></tr>" * 500 + "</table></body></html>",
        "<html><body>" + "<p>" * 100_000 + "完，了。",
        "<html><body><ol>" + "<li>项，目。" * 3_000,
    ],
    ids=["deep", "blank lines", "nested tables", "wide cells", "many paragraphs", "long list"],
)
def test_no_page_takes_long(text: str) -> None:
    began = perf_counter()
    with suppress(UnreadableFile):
        read_html(text.encode())
    assert perf_counter() - began < 20


# source, text
MARKDOWN = [
    ("# 某县方案\n\n**一、目标**\n", "# 某县方案\n\n**一、目标**\n"),  # left to cleaning
    ("关于印发《**市**区方案》的通知", "关于印发《**市**区方案》的通知"),
    ("- 支持\n* 鼓励\n> 引用", "支持\n鼓励\n引用"),
    ("1\\. 总则", "1. 总则"),
    ("甲\n\n---\n\n乙", "甲\n\n\n\n乙"),
    ("![图](a.png)正文", "正文"),
    ("| 项目 | 价格 |\n| --- | ---: |\n| 护理 | 50元 |\n| 康复 | |\n完", "项目：护理；价格：50元\n康复\n完"),
    ("甲|乙\n---|---\n1\\|2|3", "甲：1|2；乙：3"),
    ("甲|乙\n丙|丁", "甲|乙\n丙|丁"),
    ("— 3 —\n正文", "正文"),
]


@pytest.mark.parametrize(("source", "text"), MARKDOWN)
def test_markdown(source: str, text: str) -> None:
    found = read_markdown(source)
    assert (found.text, found.format) == (text, Format.MARKDOWN)


def test_a_page_that_was_put_into_markdown() -> None:
    links = "\n".join(f"*   [栏目{number}](http://example.org/{number})" for number in range(9))
    body = "\n\n".join(LINES[:4])
    dump = f"""Title: {TITLE} - 某某区人民政府门户网站

URL Source: http://example.org/1.html

Markdown Content:
[无障碍](javascript:void(0);)

{links}

当前位置：[首页](http://example.org/)>[通知](http://example.org/t)

# {TITLE}

发布日期：**2025-03-02** 来源：**区民政局** 浏览量：**-**

{body}

[打印](javascript:print)[关闭](javascript:close)

主办：某某区人民政府 京ICP备00000001号

{links}

{"".join(LINES[:4])}
"""
    found = read_markdown(dump)
    assert found.text.split("\n") == [TITLE, "发布日期：2025-03-02", "来源：区民政局", *LINES[:4]]
    assert dropped(found, Furniture.SOURCE_NOTE)[0].startswith("Title: ")


SHARED_PAGES = sorted(PAGES.glob("*.html")) if PAGES.exists() else []
CHROME = ("网站标识码", "ICP备", "浏览次数", "当前位置", "上一篇", "扫一扫在手机", "分享到", "无障碍", "互动交流\n")


def content_of(path: Path) -> list[str]:
    """The paragraphs of the element that the site itself marks as the text, found without the reader."""
    root = html.document_fromstring(path.read_text("utf-8"))
    for mark in ("@id='zoomcon'", "@id='info_cont'", "@id='detailCon'", "contains(@class,'policy-article-content')"):
        for element in root.xpath(f"//*[{mark}]"):
            for script in element.xpath(".//script|.//style"):
                script.drop_tree()
            if len(element.text_content().strip()) > 100:
                paragraphs = (
                    "".join(each.text_content().split()) for each in element.xpath(".//p[not(.//p)]|.//td[not(*)]")
                )
                return [paragraph.replace("\u200b", "") for paragraph in paragraphs if len(paragraph) > 1]
    return []


@pytest.mark.skipif(not SHARED_PAGES, reason="the shared pages are not here")
@pytest.mark.parametrize("path", SHARED_PAGES, ids=[path.stem[:20] for path in SHARED_PAGES])
def test_pages_of_real_sites(path: Path) -> None:
    found = read_html(path.read_bytes())
    text = "".join(found.text.replace("\u200b", "").split()).replace("：", ":")
    missing = [paragraph for paragraph in content_of(path) if paragraph.replace("：", ":") not in text]
    assert missing == []
    assert not [mark for mark in CHROME if mark in found.text]
    assert len(found.text) > 250
