"""From canonical text to the tree: marks, ids, labels, headings, closings; then generated documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.provisions import Metadata, PolicyDocument, Provision
from corpus.structure.cleaning import clean, conserved
from corpus.structure.markers import is_misread, read_marker
from corpus.structure.numerals import NumeralError, in_chinese, whole_number
from corpus.structure.parser import heading_of, parse

# paragraph, shape, number, printed
MARKERS = [
    ("一、总体目标", "section", 1, "一、"),
    ("二十二、附则", "section", 22, "二十二、"),
    ("一百零一、附则", "section", 101, "一百零一、"),
    ("（一）健全服务网络", "subsection", 1, "（一）"),
    ("(二) 多方位促进", "subsection", 2, "（二）"),
    ("(十八）加大医保支持", "subsection", 18, "（十八）"),
    ("（二十一）加强行业安全监管", "subsection", 21, "（二十一）"),
    ("1. 支持有条件的养老机构", "item", 1, "1."),
    ("1．环境设施好", "item", 1, "1．"),
    ("１２、人员队伍好", "item", 12, "１２、"),
    ("10.依托社区卫生服务中心", "item", 10, "10."),
    ("l1.推行家庭医生签约服务", "item", 11, "l1."),
    ("（3） 强化督导检查", "subitem", 3, "（3）"),
    ("(10)其他事项", "subitem", 10, "（10）"),
    ("（１）其他事项", "subitem", 1, "（１）"),
    ("①环境设施", "point", 1, "①"),
    ("⑳其他", "point", 20, "⑳"),
    ("1）其他", "bracket", 1, "1）"),
    ("㈠其他", "subsection", 1, "㈠"),
    ("⒈其他", "item", 1, "⒈"),
    ("⑴其他", "subitem", 1, "⑴"),
    ("（ 一 ）其他", "subsection", 1, "（ 一 ）"),
    ("〔一〕其他", "subsection", 1, "（一）"),
    ("一．其他", "section", 1, "一．"),
    ("（一）项目申报", "subsection", 1, "（一）"),
    ("（一）（1）其他", "subsection", 1, "（一）"),
    ("1.2025年度指标", "item", 1, "1."),
    ("1、2025年度指标", "item", 1, "1、"),
    ("1.3人户家庭", "item", 1, "1."),
    ("第三十二条 养老机构", "article", 32, "第三十二条"),
    ("第三十二条养老机构", "article", 32, "第三十二条"),
    ("第一千零一条　养老机构", "article", 1001, "第一千零一条"),
    ("第一百○一条 养老机构", "article", 101, "第一百○一条"),
    ("第廿二条 养老机构", "article", 22, "第廿二条"),
    ("第１２条 养老机构", "article", 12, "第１２条"),
    ("第 三 条 养老机构", "article", 3, "第 三 条"),
    ("第三条：养老机构", "article", 3, "第三条"),
    ("第三条【适用范围】", "article", 3, "第三条"),
    ("第三条之一 养老机构", "article", 3, "第三条之一"),
    ("第五条中华人民共和国公民", "article", 5, "第五条"),
    ("第九条中止执业的", "article", 9, "第九条"),
    ("第十条等级评定", "article", 10, "第十条"),
    ("第二章　总　　则", "chapter", 2, "第二章"),
    ("第二章", "chapter", 2, "第二章"),
    ("第一节 一般规定", "division", 1, "第一节"),
    ("第一编 总则", "book", 1, "第一编"),
    ("第一分编 通则", "subbook", 1, "第一分编"),
    ("第一部分：一类病种", "part", 1, "第一部分"),
    # near-misses
    ("2.5公里以内", None, 0, ""),
    ("2025.1.2", None, 0, ""),
    ("2024.12.12", None, 0, ""),
    ("2025. 本年度任务", None, 0, ""),
    ("100张及以上床位", None, 0, ""),
    ("3个月后即可提出定点申请", None, 0, ""),
    ("三十二条", None, 0, ""),
    ("一是强化质量意识", None, 0, ""),
    ("一级、二级医院", None, 0, ""),
    ("十一二、附则", None, 0, ""),
    ("〇、附则", None, 0, ""),
    ("（试行）", None, 0, ""),
    ("（2025年版）", None, 0, ""),
    ("(2024)", None, 0, ""),
    ("（0）", None, 0, ""),
    ("（区卫生健康委、区民政局）", None, 0, ""),
    ("（一", None, 0, ""),
    ("l.推行", None, 0, ""),
    ("1O.推行", None, 0, ""),
    ("见一、总体目标", None, 0, ""),
    ("第三条规定以外的，适用本条", None, 0, ""),
    ("第三条 规定以外的，适用本条", None, 0, ""),
    ("第五条、第六条所列情形", None, 0, ""),
    ("第五条和本法第六条的规定", None, 0, ""),
    ("第五条至第九条", None, 0, ""),
    ("第二条第一款规定的", None, 0, ""),
    ("第二条第（三）项", None, 0, ""),
    ("第三条之规定", None, 0, ""),
    ("第三条中的“甲”", None, 0, ""),
    ("第三条，不得", None, 0, ""),
    ("第三条。", None, 0, ""),
    ("第三条款", None, 0, ""),
    ("第十百条 甲", None, 0, ""),
    ("第二章的规定", None, 0, ""),
    ("第二章 本办法所称甲，是指乙。", None, 0, ""),
    ("第一节课", None, 0, ""),
    ("一、二级医院应当", None, 0, ""),
    ("一、二、三类人员", None, 0, ""),
    ("（一）、（二）项规定的", None, 0, ""),
    ("（一）至（三）项", None, 0, ""),
    ("（一）（二）规定", None, 0, ""),
    ("（一）项规定的", None, 0, ""),
    ("1、2、3项", None, 0, ""),
    ("", None, 0, ""),
]


@pytest.mark.parametrize(("paragraph", "shape", "number", "printed"), MARKERS)
def test_marker(paragraph: str, shape: str | None, number: int, printed: str) -> None:
    marker = read_marker(paragraph)
    if shape is None:
        assert marker is None
    else:
        assert marker is not None
        assert (marker.shape.name, marker.number, marker.printed) == (shape, number, printed)
        assert marker.length == len(printed)
        assert is_misread(marker) is ("l" in printed)


@pytest.mark.parametrize(("paragraph", "number"), [("l1.推行", 11), ("一）推行", 1), ("第十—条 推行", 11)])
def test_what_only_scanning_prints_is_told(paragraph: str, number: int) -> None:
    marker = read_marker(paragraph)
    assert marker is not None
    assert marker.number == number
    assert is_misread(marker)


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("十八", 18),
        ("二十", 20),
        ("二十一", 21),
        ("两", 2),
        ("一百零一", 101),
        ("一〇", 10),
        ("零", 0),
        ("18", 18),
        ("１８", 18),
        ("⑱", 18),
        ("l8", 18),
        ("I|", 11),
        (" 7 ", 7),
        ("一千零一", 1001),
        ("一千二百六十", 1260),
        ("两千零二", 2002),
        ("一百〇一", 101),
        ("一百○一", 101),
        ("廿二", 22),
        ("卅一", 31),
        ("十 八", 18),
        ("１０５", 105),
    ],
)
def test_numerals(printed: str, number: int) -> None:
    assert whole_number(printed) == number


@pytest.mark.parametrize("number", [*range(1, 130), 199, 200, 999, 1000, 1001, 1010, 1100, 1260, 2002])
def test_numbers_are_spelt_as_they_are_read(number: int) -> None:
    assert whole_number(in_chinese(number)) == number


def test_below_nought_nothing_is_counted() -> None:
    with pytest.raises(ValueError, match="-1"):
        in_chinese(-1)


@pytest.mark.parametrize(
    "printed", ["", "甲", "三甲", "十百", "一一十一", "廿零", "-1", "2.5", "一点五", "负三", "1" * 5000]
)
def test_not_a_whole_number(printed: str) -> None:
    with pytest.raises(NumeralError):
        whole_number(printed)


def outline(text: str) -> list[tuple[str, str]]:
    return [(provision.article_id, provision.label) for provision in parse(text)]


# Paragraphs divided by /, and the ids with their labels.
TREES = [
    ("通知/一、目标/二、任务", "0:文首 1:一、 2:二、"),
    ("一、目标/二、任务", "1:一、 2:二、"),
    ("通知/没有编号的文件。", "0:文首"),
    # subsections and items that run on across sections
    (
        "一、甲/（一）乙/（二）丙/二、丁/（三）戊",
        "1:一、 1.1:一、（一） 1.2:一、（二） 2:二、 2.3:二、（三）",
    ),
    (
        "二、甲/（一）乙/1.丙/（二）丁/2.戊",
        "2:二、 2.1:二、（一） 2.1.1:二、（一）1. 2.2:二、（二） 2.2.2:二、（二）2.",
    ),
    # a level left out
    ("一、甲/1.乙/（1）丙/2.丁", "1:一、 1.1:一、1. 1.1.1:一、1.（1） 1.2:一、2."),
    ("（一）甲/1.乙", "1:（一） 1.1:（一）1."),
    (
        "一、甲/（一）乙/1.丙/（1）丁/①戊/②己",
        (
            "1:一、 1.1:一、（一） 1.1.1:一、（一）1. 1.1.1.1:一、（一）1.（1） "
            "1.1.1.1.1:一、（一）1.（1）① 1.1.1.1.2:一、（一）1.（1）②"
        ),
    ),
    # 七、（3） goes on with （一）（二）
    ("七、甲/（一）乙/（二）丙/（3）丁", "7:七、 7.1:七、（一） 7.2:七、（二） 7.3:七、（3）"),
    # but (1) begins a list, and (3) after (2) stays in it
    (
        "七、甲/（一）乙/（1）丙/（2）丁/（3）戊",
        ("7:七、 7.1:七、（一） 7.1.1:七、（一）（1） 7.1.2:七、（一）（2） 7.1.3:七、（一）（3）"),
    ),
    ("七、甲/（一）乙/（4）丙", "7:七、 7.1:七、（一） 7.1.4:七、（一）（4）"),
    # l1. is believed after 10. only
    ("二、甲/10.乙/l1.丙/12.丁", "2:二、 2.10:二、10. 2.11:二、l1. 2.12:二、12."),
    ("二、甲/9.乙/l1.丙", "2:二、 2.9:二、9."),
    ("二、甲/l1.丙", "2:二、"),
    # printed otherwise than counted: the printed number is kept
    ("一、甲/三、乙", "1:一、 3:三、"),
    # near-misses inside an article
    ("一、甲。/2.5公里以内。/2025.1.2起施行。/（试行）/一是乙。/三十二条。", "1:一、"),
    # closings
    ("一、甲。/某市民政局/2025年1月2日", "1:一、 end:文末"),
    ("一、甲。/附件：分工表", "1:一、 end:文末"),
    (
        "一、甲。/某市民政局 某市卫生健康委/二〇二五年一月二日/（此件公开发布）/抄送：某局。",
        "1:一、 end:文末",
    ),
    ("一、甲。/某市卫生健康委办公室 2026年3月30日印发", "1:一、 end:文末"),
    # near-misses of closings
    ("一、甲。/由区民政局负责。", "1:一、"),
    ("一、甲。/附件所列项目由民政局负责。", "1:一、"),
    ("一、甲。/2025年1月2日起施行。", "1:一、"),
    ("一、甲。/2025年1月2日/由区民政局负责。", "1:一、"),
    ("通知/某市民政局/2025年1月2日", "0:文首"),
    ("一、某市民政局", "1:一、"),
]


@pytest.mark.parametrize(("paragraphs", "expected"), TREES)
def test_ids_and_labels(paragraphs: str, expected: str) -> None:
    assert " ".join(f"{article_id}:{label}" for article_id, label in outline(paragraphs.replace("/", "\n"))) == expected


def test_no_text_has_no_provisions() -> None:
    assert parse("") == ()


# A number printed twice is kept both times; the ids tell them apart, the labels are as printed.
TWICE = [
    ("一、甲/一、乙", "1:一、 1~2:一、"),
    ("一、甲/一、乙/一、丙", "1:一、 1~2:一、 1~3:一、"),
    ("一、甲/（二）乙/(二)丙", "1:一、 1.2:一、（二） 1.2~2:一、（二）"),
    ("一、甲/1.乙/2.丙/1.丁", "1:一、 1.1:一、1. 1.2:一、2. 1.1~2:一、1."),
    (
        "一、甲/（一）乙/二、丙/（一）丁/一、戊/（一）己",
        "1:一、 1.1:一、（一） 2:二、 2.1:二、（一） 1~2:一、 1~2.1:一、（一）",
    ),
]


@pytest.mark.parametrize(("paragraphs", "expected"), TWICE)
def test_a_number_printed_twice_is_kept_twice(paragraphs: str, expected: str) -> None:
    assert " ".join(f"{article_id}:{label}" for article_id, label in outline(paragraphs.replace("/", "\n"))) == expected


def test_the_same_number_in_another_section_is_another_article() -> None:
    assert [article_id for article_id, _ in outline("一、甲\n（一）乙\n二、丙\n（一）丁")] == [
        "1",
        "1.1",
        "2",
        "2.1",
    ]


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("强化督导检查，确保取得实效。对工作推进不力的", "强化督导检查，确保取得实效"),
        ("加强组织领导", "加强组织领导"),
        (" 强化签约服务机制。强化平台", "强化签约服务机制"),
        ("各部门职责：民政部门负责", "各部门职责"),
        ("对养老机构内设医务室、卫生所（室）的，应按照《养老机构医务室基本标准（试行）》至少配置1名", ""),
        ("甲" * 30 + "。", "甲" * 30),
        ("甲" * 31 + "。", ""),
        ("", ""),
    ],
)
def test_a_heading_is_a_short_first_sentence(words: str, heading: str) -> None:
    assert heading_of(words) == heading


PREAMBLE = Provision("0", "文首", "", 1, None, 0, 2, 2)


@pytest.mark.parametrize(
    ("text", "provisions"),
    [
        ("甲乙丙", (PREAMBLE,)),  # the last sign in none
        ("甲乙", (PREAMBLE, Provision("1", "一、", "", 1, None, 1, 2, 2))),  # one sign in two
        ("甲乙丙", (PREAMBLE, Provision("0", "文首", "", 1, None, 2, 3, 3))),  # an id twice
        ("甲乙丙", (Provision("1", "一、", "", 1, None, 1, 3, 3),)),  # the first sign in none
    ],
)
def test_a_document_whose_tree_does_not_hold_is_refused(text: str, provisions: tuple[Provision, ...]) -> None:
    with pytest.raises(ValueError, match="a-1"):
        PolicyDocument("a-1", Metadata("甲"), text, provisions)


@pytest.mark.parametrize(
    "article_id",
    [
        "",
        "1.",
        ".1",
        "01",
        "1.0",
        "１",
        "1 ",
        "END",
        "a0:1",
        "二",
        "1.end",
        "1\n",
        "1~0",
        "3-0",
        "c",
        "x1",
        "a:1",
        "1~",
    ],
)
def test_an_article_id_that_is_none_is_refused(article_id: str) -> None:
    with pytest.raises(ValueError, match="article_id"):
        Provision(article_id, "", "", 1, None, 0, 0, 0)


@pytest.mark.parametrize(
    "article_id",
    [
        *("0", "end", "1", "2.4.11", "32.2.3", "a2:1", "a1:0", "a1-2:end", "a1~2:3"),
        *("3-1", "3~2", "3~2.1", "c2", "c2.s1", "b1.f1.c2.s1~2", "p2.1", "2.1.t1", "t2.1.t1.4"),
    ],
)
def test_article_ids_of_the_design(article_id: str) -> None:
    assert Provision(article_id, "", "", 1, None, 0, 0, 0).article_id == article_id


@pytest.mark.parametrize("ranges", [(-1, 0, 0), (2, 1, 3), (0, 3, 2)])
def test_ranges_run_forwards(ranges: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="ranges"):
        Provision("1", "", "", 1, None, *ranges)


@pytest.mark.parametrize("document_id", ["", "Daxing-2026", "daxing_2026", "大兴", "-a", "a-", "a--b", "a b", "../a"])
def test_a_document_id_that_is_none_is_refused(document_id: str) -> None:
    with pytest.raises(ValueError, match="文件编号"):
        PolicyDocument(document_id, Metadata("甲"), "", ())


# --- generated documents ---


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as it should come out, and the article it opens: an id, or None where it opens none."""

    text: str
    opens: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A generated document: its paragraphs as they should come out, and an untidy source of them."""

    paragraphs: tuple[Paragraph, ...]
    source: str

    @property
    def text(self) -> str:
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def article_ids(self) -> list[str]:
        return [paragraph.opens for paragraph in self.paragraphs if paragraph.opens]


HEADINGS = ("加强质量管理", "健全服务网络", "推进“互联网+医养结合”", "主要任务", "优化支持保障")
PHRASES = (
    "支持有条件的养老机构内设医疗机构",
    "鼓励基层医疗卫生机构提供上门巡诊",
    "每月至少开展1次健康教育",
    "步行2.5公里以内设立站点",
    "按照《养老机构医务室基本标准（试行）》配置1名医师",
    "严格执行《消防法》等法律法规",
    "推进医疗、养老服务信息互联互通",
    "到2027年底实现签约全覆盖",
    "入住的65岁及以上老年人占比不低于80%",
    "由区卫生健康委会同区民政局（区老龄办）定期检查",
)
PREAMBLES = (("某县医养结合实施方案",), ("某县民政局文件", "各有关单位：", "现印发给你们，请认真贯彻执行。"))
CLOSINGS = (("某县民政局", "2026年3月30日"), ("附件：重点项目分工表",), ("（此件公开发布）",))
HAN = "零一二三四五六七八九十"
BRACKETS = st.sampled_from([("（", "）"), ("(", ")"), ("(", "）"), ("（", ")")])
PAGE_BREAKS = st.sampled_from(["\n", "\n\n", "\r\n", "\n \n", "\x0c", "\n\u3000\u3000"])
LINE_FEEDS = st.sampled_from(["\n", "\n\n", "\r\n", "\n\n\n \n"])
DECORATIONS = st.sampled_from(["{}", "{}", "{}", "### {}", "  # {}", "**{}**", "[bookmark: _GoBack]{}", "## **{}**"])
INVISIBLE = st.sampled_from(["\ufeff", "\u200b", "\u00ad", "\u2060"])


def chinese(number: int) -> str:
    """10 -> 十, 12 -> 十二, 20 -> 二十."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else HAN[tens]) + ("十" if tens else "") + (HAN[ones] if ones or not tens else "")


SENTENCES = st.lists(
    st.lists(st.sampled_from(PHRASES), min_size=1, max_size=3).map(lambda phrases: "，".join(phrases) + "。"),
    min_size=1,
    max_size=2,
).map("".join)


@st.composite
def marks(draw: st.DrawFn, level: int, number: int, follows: bool) -> str:
    left, right = draw(BRACKETS)
    if level == 1:
        return f"{chinese(number)}、"
    if level == 2:
        return f"{left}{chinese(number)}{right}"
    if level == 4:
        return f"{left}{number}{right}"
    digits = str(number)
    if follows and number > 10 and draw(st.booleans()):
        digits = digits.replace("1", "l", 1)
    elif draw(st.booleans()):
        digits = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in digits)
    return digits + draw(st.sampled_from([".", "．", "、", ". "]))


@st.composite
def articles(draw: st.DrawFn, level: int, parent: str, first: int) -> tuple[Paragraph, ...]:
    """Articles of one list, with what lies below them; their numbers begin with `first`."""
    made: list[Paragraph] = []
    below = draw(st.sampled_from([1, 1, 9]))
    runs_on = draw(st.booleans())
    for number in range(first, first + draw(st.integers(1, 3))):
        article_id = f"{parent}{number}"
        mark = draw(marks(level, number, number > first))
        words = draw(st.sampled_from(HEADINGS) | SENTENCES)
        made.append(Paragraph(mark + words, article_id))
        made.extend(Paragraph(words) for words in draw(st.lists(SENTENCES, max_size=1)))
        if level < 4 and draw(st.booleans()):
            # Subsections may be left out; subitems (1)… always begin with 1.
            deeper = draw(st.sampled_from([2, 3])) if level == 1 else level + 1
            children = draw(articles(deeper, f"{article_id}.", 1 if deeper == 4 else below))
            made.extend(children)
            if runs_on:
                depth = article_id.count(".") + 1
                below += sum(child.opens is not None and child.opens.count(".") == depth for child in children)
    return tuple(made)


def breakable(text: str) -> Iterator[int]:
    """Where a page break can be told from a paragraph's end: behind a comma, or well into a sentence."""
    for place in range(1, len(text)):
        before = text[:place]
        in_sentence = place >= 20 and re.search("[，。]", before) and before[-1] not in "。）"
        if before[-1] == "，" or in_sentence:
            yield place


@st.composite
def sources(draw: st.DrawFn, paragraph: Paragraph) -> str:
    """A paragraph in an untidy source."""
    text = paragraph.text
    places = list(breakable(text))
    cuts = sorted(draw(st.sets(st.sampled_from(places), max_size=2))) if places else []
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    broken = pieces[0] + "".join(draw(PAGE_BREAKS) + piece for piece in pieces[1:])
    decorated = draw(DECORATIONS).format(broken.replace("《消防法》", "《[消防法](#)》"))
    at = draw(st.integers(0, len(decorated)))
    return decorated[:at] + draw(st.just("") | INVISIBLE) + decorated[at:]


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    preamble = draw(st.just(()) | st.sampled_from(PREAMBLES))
    closing = draw(st.just(()) | st.sampled_from(CLOSINGS))
    paragraphs = (
        *(Paragraph(words, None if place else "0") for place, words in enumerate(preamble)),
        *draw(articles(1, "", 1)),
        *(Paragraph(words, None if place else "end") for place, words in enumerate(closing)),
    )
    lines = [draw(sources(paragraph)) + draw(LINE_FEEDS) for paragraph in paragraphs]
    return Draft(paragraphs, "".join(lines))


GENERATED = settings(
    max_examples=120,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@GENERATED
@given(drafts())
def test_a_generated_document_comes_out_as_it_was_drafted(draft: Draft) -> None:
    cleaned = clean(draft.source)
    assert cleaned.text == draft.text
    assert conserved(draft.source, cleaned)
    assert clean(cleaned.text).text == cleaned.text

    document = PolicyDocument("generated-1", Metadata("甲"), cleaned.text, parse(cleaned.text))
    assert [provision.article_id for provision in document.walk()] == draft.article_ids
    assert "".join(document.own_text(provision) for provision in document.walk()) == draft.text
    openings = [paragraph.text for paragraph in draft.paragraphs if paragraph.opens]
    for provision, opening in zip(document.walk(), openings, strict=True):
        assert document.own_text(provision).startswith(opening)
        above, _, _ = provision.article_id.rpartition(".")
        assert provision.parent == (above or None)
        below = [node for node in document.walk() if node.article_id.startswith(f"{provision.article_id}.")]
        assert provision.subtree_end == (below[-1] if below else provision).end


@GENERATED
@given(drafts(), st.data())
def test_a_section_printed_twice_in_a_generated_document_is_kept_twice(draft: Draft, data: st.DataObject) -> None:
    sections = [paragraph for paragraph in draft.paragraphs if paragraph.opens and paragraph.opens.isdigit()]
    again = data.draw(st.sampled_from([section for section in sections if section.opens != "0"]))
    body = [*takewhile(lambda paragraph: paragraph.opens != "end", draft.paragraphs), again]
    ids = [provision.article_id for provision in parse("\n".join(paragraph.text for paragraph in body))]
    assert ids[-1] == f"{again.opens}~2"
    assert len(set(ids)) == len(ids)
