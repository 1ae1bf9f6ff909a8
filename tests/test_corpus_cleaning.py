"""Cleaning: what is layout, what is text that looks like layout, and the account it gives."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.structure.cleaning import Artefact, Cleaned, clean, conserved
from corpus.structure.parser import parse

# source, canonical text
MARKS = [
    # Markdown headings, also indented
    ("### 一、加强质量管理", "一、加强质量管理"),
    ("  ## 二、提升服务质效", "二、提升服务质效"),
    ("#一、加强质量管理", "#一、加强质量管理"),
    ("####### 七个井号", "####### 七个井号"),
    ("服务热线 # 键", "服务热线 # 键"),
    # bold; and names hidden with **
    ("**关于印发的通知**", "关于印发的通知"),
    ("**市**区推进医养结合工作的实施方案", "**市**区推进医养结合工作的实施方案"),
    ("《**省养老规划》", "《**省养老规划》"),
    ("**市**区和**县**镇", "**市**区和**县**镇"),
    ("在**市和**区开展**试点**", "在**市和**区开展试点"),
    # bold that begins like a hidden name: in pairs around more than one word
    ("推进**市级统筹**工作", "推进市级统筹工作"),
    ("**市级统筹**和**县域医共体**", "市级统筹和县域医共体"),
    ("**市级统筹", "**市级统筹"),
    # HTML's comments
    ("总则<!-- INFO END -->", "总则"),
    ("床位<!-- 100 张", "床位<!-- 100 张"),
    # page numbers, alone on their lines; a row of digits may be a cell of a table
    ("应当依法\n— 3 —\n备案，并公示。", "应当依法\n备案，并公示。"),
    ("标准\n－12－\n1309\n3", "标准\n1309\n3"),
    ("温度 -3- 度", "温度 -3- 度"),
    ("5*6 张床位", "5*6 张床位"),
    # links
    ("《[安全生产法](#)》《[消防法](https://example.org/a)》", "《安全生产法》《消防法》"),
    ("长民[2025]2号（通知）", "长民[2025]2号（通知）"),
    # Word's bookmark
    ("[bookmark: _GoBack]（二）加强监测评估", "（二）加强监测评估"),
    ("[书签: _GoBack]（二）加强监测评估", "[书签: _GoBack]（二）加强监测评估"),
    # invisible signs
    ("\ufeff医养\u200b结合\u00ad", "医养结合"),
    ("医养\u3000结合", "医养\u3000结合"),
    # line ends and blank lines
    ("目标。\r\n\r\n任务。\r要求。", "目标。\n任务。\n要求。"),
    ("目标。\u2028任务。\x0c要求。\x1e保障。", "目标。\n任务。\n要求。\n保障。"),
    ("\n \n\u3000目标。 \n\n", "目标。"),
    (" \n\ufeff\n", ""),
]

# The two lines, and whether the second goes on with the first.
LINES = [
    ("门诊部按照", "《医疗机构基本标准》执行", False),
    ("养老机构申请内设门诊部的，实行备案管理。门诊部按照", "《医疗机构基本标准》执行。", True),
    ("利用中医药技术方法，", "为老年人提供服务。", True),
    ("推动医疗、", "养老服务信息共享。", True),
    ("关于印发《进一步深化长宁区养老服务", "医养结合发展的实施方案》的通知", True),
    ("区卫生健康委（区中医药", "管理局）", True),
    ("区卫生健康委(区中医药", "管理局）", True),
    ("（一)加强质量管理", "支持有条件的机构。", False),
    ("京兴政卫发〔2026", "〕22号", True),
    ("支持有条件的医疗机构，鼓励推广互联网+app", "online 服务。", True),
    # a full stop ends a paragraph, also with marks or the bodies in charge behind it
    ("及时督促整改，明确责任人和整改期限。", "医养结合机构要落实制度。", False),
    ("提供服务，支持医疗卫生机构设立站点。（区卫生健康委、区民政局）", "结合辖区实际推进。", False),
    ("达到“老有所养、老有所医、老有所乐的目的。”", "同时减少负担。", False),
    ("各省、自治区、直辖市卫生健康委：", "为深入贯彻落实，现提出以下意见", False),
    # the next line opens a paragraph of its own
    ("规划布局，统筹发展，完善服务体系和工作机制", "二、主要任务", False),
    ("规划布局，统筹发展，完善服务体系和工作机制", "（二）严格质量控制", False),
    ("规划布局，统筹发展，完善服务体系和工作机制", "3.强化队伍建设", False),
    ("规划布局，统筹发展，完善服务体系和工作机制", "2025年1月2日", False),
    ("规划布局，统筹发展，完善服务体系和工作机制", "附件：分工表", False),
    ("发文机关:国家卫生健康委员会,民政部,国家医疗保障局,", "发 布 日 期:2024.12.12", False),
    ("规划布局，统筹发展，完善服务体系和工作机制", "第三十二条 养老机构应当备案。", False),
    ("规划布局，统筹发展，完善服务体系和工作机制", "第二章 养老服务", False),
    # near-misses of those openings
    ("规划布局，统筹发展，完善服务体系，依照本办法", "第三十二条规定予以处罚。", True),
    ("规划布局，统筹发展，完善服务体系，适用前条", "第（二）项的规定。", True),
    ("规划布局，统筹发展，完善服务体系和工作机制的，按照", "下列标准给予补贴：", True),
    ("规划布局，统筹发展，完善服务体系和工作机制，步行", "2.5公里以内设立站点。", True),
    ("规划布局，统筹发展，完善服务体系和工作机制，到", "2027年底，实现全覆盖。", True),
    # titles and signatures: no sign of a sentence
    ("大兴区开展医养结合促进行动", "推动医养结合服务高质量发展的工作措施", False),
    ("上海市长宁区人力资源和社会保障局上海市长宁区医疗保障局", "上海市长宁区卫生健康委员会", False),
    ("医养结合示范项目工作方案", "（2025年版）", False),
    # a heading with a comma: too short to be the beginning of a broken sentence
    ("（一）提高思想认识，强化组织领导", "各单位要充分认识重要意义。", False),
]

SIGNS = "一二十百零〇—（）()01２.．、l|①。，；：:！…“”《》〔〕[]*#市局会委部甲乙年月日第条章节款之"
SPACES = " \t\n\r\x0c\x1c\u2028\u3000\ufeff\u200b"
WORDS = (
    "附件",
    "抄送：",
    "办公室",
    "2025年1月2日",
    "[bookmark: ",
    "](#)",
    "第三十二条",
    "第一章 总则",
    "目录",
    "附件0",
    "附件一",
    "（此件公开发布）",
    "一、",
    "（一）",
)
UNTIDY_TEXT = st.one_of(st.text(), st.lists(st.sampled_from((*SIGNS, *SPACES, *WORDS)), max_size=60).map("".join))


@pytest.mark.parametrize(("source", "canonical"), MARKS)
def test_layout_goes_and_text_stays(source: str, canonical: str) -> None:
    cleaned = clean(source)
    assert cleaned.text == canonical
    assert conserved(source, cleaned)


@pytest.mark.parametrize(("before", "after", "joined"), LINES)
@pytest.mark.parametrize("line_feeds", ["\n", "\n\n", "\r\n\u3000\u3000"])
def test_only_lines_of_one_sentence_are_joined(before: str, after: str, joined: bool, line_feeds: str) -> None:
    paragraphs = clean(before + line_feeds + after).text.split("\n")
    assert len(paragraphs) == (1 if joined else 2)
    assert "".join(paragraphs).replace(" ", "") == (before + after).replace(" ", "")


def test_latin_words_are_not_run_together() -> None:
    assert clean("支持有条件的医疗机构，鼓励推广互联网+mobile\napp服务。").text.endswith("+mobile app服务。")
    assert clean("支持有条件的医疗机构，鼓励推广互联网+mobile\n服务。").text.endswith("+mobile服务。")


def test_what_is_dropped_is_listed_by_kind() -> None:
    assert clean("### **《[消防法](#)》**\ufeff[bookmark: _GoBack]").dropped == (
        Artefact("invisible", "\ufeff"),
        Artefact("bookmark", "[bookmark: _GoBack]"),
        Artefact("markdown heading", "###"),
        Artefact("markdown link", "["),
        Artefact("markdown link", "](#)"),
        Artefact("markdown bold", "**"),
        Artefact("markdown bold", "**"),
    )


@pytest.mark.parametrize(
    ("source", "text", "dropped", "holds"),
    [
        ("应 当\n备案。", "应当备案。", (), True),
        ("**应当**备案。", "应当备案。", ("**", "**"), True),
        ("**应当**备案。", "应当备案。", ("**",), False),  # a mark not accounted for
        ("不应当备案。", "应当备案。", (), False),  # a word lost
        ("应当备案。", "不应当备案。", (), False),  # a word made up
        ("应当备案。", "当应备案。", (), False),  # the order changed
        ("应当备案。", "应当备案。", ("备",), False),  # said to be dropped, yet kept
        ("应当备案。", "不得备案。", (), False),  # words replaced
    ],
)
def test_conserved_tells_a_loss(source: str, text: str, dropped: tuple[str, ...], holds: bool) -> None:
    assert conserved(source, Cleaned(text, tuple(Artefact("mark", part) for part in dropped))) is holds


WRAPPED = (
    "第二条　本市行政区域内的医疗保障体系建设、基金运行以及医药管理，适用本条例。",
    "市人民政府应当加强对医疗保障工作的领导，健全工作机制。各区人民政府按照职责做好相关工作，保障所需经费足额到位，不得挪用。",
    (
        "第三条　医疗保障部门负责本行政区域内医疗保障管理，会同财政、卫生健康、民政等有关部门，依照本条例第二十条和"
        "第二十一条规定，对下列事项开展监督检查："
    ),
    "（一）基金使用；",
    "（二）医药服务，以及服务协议的签订、履行和解除，协议机构内部管理制度的建立情况。",
    "监督检查人员应当出示执法证件；未出示的，被检查单位可以拒绝。监督检查情况和处理结果应当依法及时向社会公开。",
    "第四条　违反本条例第十二条、第十三条规定，拒绝接受监督检查的，由市医疗保障部门责令改正，处一万元以上罚款。",
)


@pytest.mark.parametrize("width", [24, 28, 30])
@pytest.mark.parametrize("page", [5, 1000])
def test_a_text_broken_at_the_edge_of_its_page_is_put_together(width: int, page: int) -> None:
    lines = [
        line[at : at + width]
        for line in (f"\u3000\u3000{paragraph}" for paragraph in WRAPPED)
        for at in range(0, len(line), width)
    ]
    numbered = [
        f"{line}\n— {place // page} —" if place % page == page - 1 else line for place, line in enumerate(lines)
    ]
    source = "\n".join(numbered)
    cleaned = clean(source)
    assert len(lines) >= len(WRAPPED) + 8
    assert cleaned.text.split("\n") == list(WRAPPED)
    assert conserved(source, cleaned)


def test_lines_of_many_widths_are_not_taken_for_broken_ones() -> None:
    lines = ["第一章　总　则", *(f"第{number}条 {'依法' * number}予以保障" for number in range(5, 30))]
    assert clean("\n".join(lines)).text.split("\n") == lines


@settings(max_examples=400, deadline=timedelta(seconds=2))
@given(UNTIDY_TEXT)
@example("局" * 40 + "x")
@example("一、甲\n一、乙")
@example("（）、")
def test_any_text_is_cleaned_and_parsed(source: str) -> None:
    cleaned = clean(source)
    assert conserved(source, cleaned)
    assert cleaned.text.splitlines() == [line.strip() for line in cleaned.text.splitlines() if line.strip()]
    assert cleaned.text.splitlines() == cleaned.text.split("\n") or not cleaned.text
    provisions = parse(cleaned.text)
    assert "".join(cleaned.text[provision.start : provision.end] for provision in provisions) == cleaned.text
    assert all(before.end == after.start for before, after in pairwise(provisions))


# Each took seconds to for ever, or raised something, in some version.
@pytest.mark.parametrize(
    "source",
    [
        pytest.param("一、甲\n" + "局" * 28 + "x", id="a row of bodies"),
        pytest.param("1" * 5000 + ".甲", id="a number of 5000 digits"),
        pytest.param("一" * 3000 + "、甲", id="a Chinese number of 3000 digits"),
        pytest.param("（" * 5000, id="brackets that never close"),
        pytest.param("[" * 5000 + "](" * 5000, id="links that never close"),
        pytest.param("甲，\n" * 3000, id="a sentence of 3000 lines"),
        pytest.param("\n".join(f"{number}.甲。" for number in range(1, 1000)), id="999 articles"),
        pytest.param("第" + " " * 100_000 + "条", id="a row of spaces"),
        pytest.param("<!--" * 20_000, id="comments that never close"),
        pytest.param("1.甲乙；2.丙丁；" * 10_000, id="a line of 20000 items"),
        pytest.param("附件1\n甲\n" * 10_000, id="10000 annexes"),
        pytest.param("目录\n" + "第一章 甲\n" * 10_000, id="a table of contents of 10000 lines"),
        pytest.param("1.甲；\n2.乙。\n以上甲。\n" * 8_000, id="8000 lists"),
        pytest.param("一、甲。\n标题\n" * 10_000, id="10000 headings"),
    ],
)
def test_extreme_texts_end_quickly(source: str) -> None:
    began = perf_counter()
    assert parse(clean(source).text)
    assert perf_counter() - began < 3


def test_a_text_of_broken_lines_only_is_cleaned_in_linear_time() -> None:
    source = "为老年人提供健康管理服务，\n" * 20_000
    began = perf_counter()
    assert clean(source).text.count("\n") == 0
    assert perf_counter() - began < 5
