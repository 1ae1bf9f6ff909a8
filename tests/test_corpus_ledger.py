"""The requirements ledger: against a list made by hand, phrase by phrase, and on any text at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.figures.hard_figures import FigureKind
from corpus.figures.ledger import Entry, Selection, ledger
from corpus.figures.requirements import Force
from corpus.library import load_library
from corpus.provisions import PREAMBLE, Metadata, PolicyDocument, Provision
from tests.conftest import SHARED

LIBRARY = load_library()
LEDGER = ledger(LIBRARY)
BY_HAND: tuple[Mapping[str, Any], ...] = tuple(
    json.loads(line) for line in (Path(__file__).parent / "data" / "ledger.jsonl").read_text("utf-8").splitlines()
)
FLOORS = {
    "kind": 0.97,
    "subject": 0.93,
    "subject holds": 0.97,
    "comparator": 0.97,
    "number": 0.97,
    "unit": 0.97,
    "frequency": 0.97,
    "deadline": 0.97,
    "operative": 0.95,
    "force": 0.95,
    "bodies": 0.95,
}


def entries_of(text: str, **metadata: Any) -> tuple[Entry, ...]:
    """The ledger of a document of one article."""
    article = Provision(PREAMBLE, "文首", "", 1, None, 0, len(text), len(text))
    return ledger([PolicyDocument("one", Metadata(title="一", **metadata), text, (article,))])


# Against the list made by hand


@dataclass(frozen=True)
class Pairs:
    """Rows of the list with the entries that are the same figure, rows without one, and entries without a row."""

    same: tuple[tuple[Mapping[str, Any], Entry], ...]
    missed: tuple[Mapping[str, Any], ...]
    extra: tuple[Entry, ...]


def place(row: Mapping[str, Any]) -> tuple[int, int]:
    document = LIBRARY.get(row["document_id"])
    provision = document.find(row["article_id"])
    start = document.text.index(row["context"], provision.start, provision.end) + row["context"].index(row["figure"])
    return start, start + len(row["figure"])


def paired() -> Pairs:
    """The same figure: overlapping words with the same number, each entry once, the nearest in length first."""
    same, missed, left = [], [], list(LEDGER)
    for row in BY_HAND:
        start, end = place(row)
        near = [
            entry
            for entry in left
            if entry.citation.document_id == row["document_id"]
            and entry.number == row["number"]
            and entry.start < end
            and start < entry.end
        ]
        if not near:
            missed.append(row)
            continue
        best = min(near, key=lambda entry: abs(entry.end - entry.start - (end - start)))
        left.remove(best)
        same.append((row, best))
    return Pairs(tuple(same), tuple(missed), tuple(left))


def agreement(row: Mapping[str, Any], entry: Entry) -> dict[str, bool]:
    said = {
        "kind": entry.kind.value,
        "subject": entry.subject,
        "comparator": entry.comparator.value,
        "number": entry.number,
        "unit": entry.unit,
        "frequency": entry.frequency.words if entry.frequency else None,
        "deadline": entry.deadline.words if entry.deadline else None,
        "operative": entry.operative,
        "force": entry.force.name if entry.force else None,
        "bodies": list(entry.bodies),
    }
    return {name: value == row[name] for name, value in said.items()} | {
        "subject holds": row["subject"] in entry.subject
    }


def test_precision_recall_and_fields_against_the_list_made_by_hand() -> None:
    pairs = paired()
    precision, recall = len(pairs.same) / len(LEDGER), len(pairs.same) / len(BY_HAND)
    right = Counter(name for row, entry in pairs.same for name, same in agreement(row, entry).items() if same)
    shares = {name: right[name] / len(pairs.same) for name in FLOORS}
    print(f"figures: {len(BY_HAND)} by hand, precision {precision:.3f}, recall {recall:.3f}")
    print("fields:", ", ".join(f"{name} {share:.3f}" for name, share in shares.items()))
    assert precision >= 0.97, [entry.figure for entry in pairs.extra]
    assert recall >= 0.97, [row["context"] for row in pairs.missed]
    assert {name: share for name, share in shares.items() if share < FLOORS[name]} == {}


def test_the_list_by_hand_names_real_words_once_each() -> None:
    assert len({(row["document_id"], *place(row)) for row in BY_HAND}) == len(BY_HAND)
    for row in BY_HAND:
        document = LIBRARY.get(row["document_id"])
        assert document.own_text(document.find(row["article_id"])).count(row["context"]) == 1


@pytest.mark.parametrize(
    ("document_id", "words", "subject", "comparator", "number", "unit", "frequency"),
    [
        ("daxing-2026-22", "每月至少组织1次", "防火检查", "at_least", 1, "次", (1, "月")),
        ("daxing-2026-22", "每半年至少开展1次", "消防演练", "at_least", 1, "次", (0.5, "年")),
        ("daxing-2026-22", "每年至少开展1次", "传染病防控应急演练", "at_least", 1, "次", (1, "年")),
        ("daxing-2026-22", "控制在5%以内", "Ⅱ度及以上压疮新发生率", "at_most", 5, "%", None),
        ("daxing-2026-22", "不低于80%", "家庭医生签约覆盖率", "at_least", 80, "%", None),
        ("national-2025-8", "达到实际运营床位的65%及以上", "入住率", "at_least", 65, "%", None),
        ("national-2025-8", "95%及以上", "满意度调查结果", "at_least", 95, "%", None),
        ("changning-2025-2", "3个月后", "提出定点申请", "after", 3, "个月", None),
        ("changning-2025-2", "不超过3个月", "定点评估完成时限", "at_most", 3, "个月", None),
    ],
)
def test_what_the_issue_names(
    document_id: str,
    words: str,
    subject: str,
    comparator: str,
    number: float,
    unit: str,
    frequency: tuple[float, str] | None,
) -> None:
    (entry,) = [each for each in LEDGER if each.citation.document_id == document_id and each.figure == words]
    often = (entry.frequency.number, entry.frequency.unit) if entry.frequency else None
    assert (entry.subject, entry.comparator.value, entry.number, entry.unit, often) == (
        subject,
        comparator,
        number,
        unit,
        frequency,
    )


def test_every_entry_is_words_of_the_sentence_it_cites() -> None:
    for entry in LEDGER:
        document = LIBRARY.get(entry.citation.document_id)
        assert entry.quote == entry.citation.quote(document)
        assert document.text[entry.start : entry.end] == entry.figure
        assert entry.citation.start <= entry.start < entry.end <= entry.citation.end
        assert entry.subject in entry.quote
        assert entry.region == document.metadata.region
        printed = [*entry.bodies, *filter(None, (entry.operative, entry.basis))]
        assert all(words in document.whole_text(document.find(entry.citation.article_id)) for words in printed)


# Phrase by phrase: kind, comparator, number, second number, unit, subject
PHRASES: list[tuple[str, list[tuple[str, str, float | None, float | None, str | None, str]]]] = [
    ("机构入住率不低于50%。", [("quantity", "at_least", 50, None, "%", "机构入住率")]),
    ("家属满意度≥90%。", [("quantity", "at_least", 90, None, "%", "家属满意度")]),
    ("基层诊疗量占比提高到55%左右。", [("quantity", "about", 55, None, "%", "基层诊疗量占比")]),
    ("跌倒发生率不高于3‰。", [("quantity", "at_most", 3, None, "‰", "跌倒发生率")]),
    ("签约率应高于80%。", [("quantity", "more_than", 80, None, "%", "签约率")]),
    ("空置率不应高于10%。", [("quantity", "at_most", 10, None, "%", "空置率")]),
    ("床位使用率不得低于60%。", [("quantity", "at_least", 60, None, "%", "床位使用率")]),
    ("压疮新发生率低于5%。", [("quantity", "less_than", 5, None, "%", "压疮新发生率")]),
    (
        "每千名老年人拥有养老床位数达到35-40张。",
        [("quantity", "between", 35, 40, "张", "养老床位数")],
    ),
    (
        "至少配备2名医师和3名护士。",
        [("quantity", "at_least", 2, None, "名", "医师"), ("quantity", "at_least", 3, None, "名", "护士")],
    ),
    ("执业医师不少于2名。", [("quantity", "at_least", 2, None, "名", "执业医师")]),
    ("建筑面积不少于40平方米。", [("quantity", "at_least", 40, None, "平方米", "建筑面积")]),
    (
        "按照每百户不低于二十平方米的标准配套建设养老服务用房。",
        [("quantity", "at_least", 20, None, "平方米", "配套建设养老服务用房")],
    ),
    ("处五万元以上十万元以下的罚款。", [("quantity", "between", 50_000, 100_000, "元", "罚款")]),
    ("责令暂停六个月以上一年以下执业活动。", [("quantity", "between", 6, 12, "个月", "执业活动")]),
    ("并处骗取资金百分之五十的罚款。", [("quantity", "exactly", 50, None, "%", "罚款")]),
    ("护理员与失能老年人比例不低于1:4。", [("quantity", "at_least", 0.25, None, "比例", "护理员与失能老年人比例")]),
    ("食品留样48小时以上。", [("quantity", "at_least", 48, None, "小时", "食品留样")]),
    ("监控录像保存不少于30日。", [("quantity", "at_least", 30, None, "日", "监控录像保存")]),
    ("等级标志的有效期为3年。", [("quantity", "exactly", 3, None, "年", "等级标志的有效期")]),
    # frequencies
    ("每季度开展安全检查不少于1次。", [("frequency", "at_least", 1, None, "次", "安全检查")]),
    ("消防设施每年至少全面检测一次。", [("frequency", "at_least", 1, None, "次", "全面检测")]),
    ("每两天对老年人进行一次查巡。", [("frequency", "exactly", 1, None, "次", "查巡")]),
    ("至少每半年组织一次应急演练。", [("frequency", "at_least", 1, None, "次", "应急演练")]),
    (
        "每年开展护理员培训不少于2次，每次不少于8学时。",
        [
            ("frequency", "at_least", 2, None, "次", "护理员培训"),
            ("quantity", "at_least", 8, None, "学时", "护理员培训"),
        ],
    ),
    (
        "不良反应率低于5%，每月完成应急演练1次。",
        [
            ("quantity", "less_than", 5, None, "%", "不良反应率"),
            ("frequency", "exactly", 1, None, "次", "应急演练"),
        ],
    ),
    (
        "整改完成率达到95%，完成率不低于90%。",
        [
            ("quantity", "at_least", 95, None, "%", "整改完成率"),
            ("quantity", "at_least", 90, None, "%", "完成率"),
        ],
    ),
    ("改造无障碍设施不少于3处。", [("quantity", "at_least", 3, None, "处", "改造无障碍设施")]),
    ("每日进行防火巡查。", [("frequency", "exactly", None, None, None, "防火巡查")]),
    # limits of time
    ("自受理之日起二十个工作日内作出决定。", [("deadline", "at_most", 20, None, "个工作日", "作出决定")]),
    ("应当在2小时内向卫生健康部门报告。", [("deadline", "at_most", 2, None, "小时", "向卫生健康部门报告")]),
    ("2027年底前完成设施改造。", [("deadline", "by", None, None, None, "设施改造")]),
    ("每月10日前报送数据。", [("deadline", "by", None, None, None, "报送数据")]),
    ("本办法自2027年1月1日起施行。", [("deadline", "after", None, None, None, "施行")]),
    (
        "2027年底前完成改造，覆盖率达到80%。",
        [("deadline", "by", None, None, None, "改造"), ("quantity", "at_least", 80, None, "%", "覆盖率")],
    ),
    # conditions
    ("六十五周岁以上老年人免费乘车。", [("condition", "at_least", 65, None, "周岁", "老年人")]),
    ("50张床位以上的养老机构应配备专职人员。", [("condition", "at_least", 50, None, "张", "床位")]),
    ("床位达到100张以上时，设医务室。", [("condition", "at_least", 100, None, "张", "床位")]),
    ("鼓励二级以上综合医院开设老年病科。", [("condition", "at_least", 2, None, "级", "综合医院")]),
    ("违法所得不足5000元的，责令退回。", [("condition", "less_than", 5000, None, "元", "违法所得")]),
    ("测评得分低于60分的，取消资格。", [("condition", "less_than", 60, None, "分", "测评得分")]),
    # mentions
    ("《医养结合示范项目工作方案（2025年版）》印发给你们。", []),
    ("根据（国卫老龄发〔2024〕40号）第三条。", []),
    ("推进“15分钟社区美好生活圈”融合发展。", []),
    ("开展日托、全托、上门服务等三种服务模式。", []),
    ("符合以下3个条件之一。", []),
    ("部分一级、二级医院转型。", []),
    ("实施三年行动计划。", []),
    ("定期评估，及时报告，实现全覆盖。", []),
    ("打通“最后一公里”，发放一次性补贴。", []),
    ("每年农历九月初九为老年节。", []),
    ("第二十七次会议通过。", []),
    ("2024年12月12日", []),
    ("每次均应登记。", []),
]


@pytest.mark.parametrize(("text", "expected"), PHRASES)
def test_phrases(text: str, expected: list[tuple[str, str, float | None, float | None, str | None, str]]) -> None:
    assert [
        (entry.kind.value, entry.comparator.value, entry.number, entry.upper, entry.unit, entry.subject)
        for entry in entries_of(text)
    ] == expected


def test_a_date_is_the_deadline_of_the_figures_that_follow_it() -> None:
    first, second = entries_of("到2027年，床位达到300张，护理型床位占比不低于60%。")
    assert [entry.deadline and entry.deadline.words for entry in (first, second)] == ["到2027年", "到2027年"]


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("自收到申请之日起15日内答复。", "自收到申请之日起15日内", None),
        ("暂停或者终止服务六十日前提交安置方案。", "暂停或者终止服务六十日前", None),
        ("请于2026年2月底前报送。", "于2026年2月底前", "2026-02-28"),
        ("请于2026年6月30日前报送。", "于2026年6月30日前", "2026-06-30"),
        ("每季度末月25日前报送。", "每季度末月25日前", None),
    ],
)
def test_deadlines_as_printed_and_their_last_day(text: str, words: str, day: str | None) -> None:
    (entry,) = entries_of(text)
    assert entry.deadline is not None
    assert entry.deadline.words == words
    assert (entry.deadline.last_day.isoformat() if entry.deadline.last_day else None) == day


def test_what_was_before_the_document_is_no_requirement() -> None:
    issued = next(document.metadata.issued_on for document in LIBRARY if document.metadata.issued_on)
    past = f"{issued.year - 1}年，全区共有养老机构120家。"
    future = f"{issued.year + 1}年底前，建成养老机构120家。"
    assert entries_of(past, issued_on=issued) == ()
    assert [entry.number for entry in entries_of(future, issued_on=issued)] == [120]


@pytest.mark.parametrize(
    ("text", "operative", "force"),
    [
        ("机构应当每月检查1次。", "应当", Force.REQUIRED),
        ("机构要建立制度，每月检查1次。", "要", Force.REQUIRED),
        ("鼓励创新，每月检查1次。", None, None),
        ("原则上应当每月检查1次。", "原则上", Force.PRINCIPLE),
        ("50张以上的机构，应当设医务室。", "应当", Force.REQUIRED),
        ("3年内不得申请。", "不得", Force.FORBIDDEN),
    ],
)
def test_the_word_that_rules_a_figure(text: str, operative: str | None, force: Force | None) -> None:
    (entry,) = entries_of(text)
    assert (entry.operative, entry.force) == (operative, force)


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("每月检查1次。（区民政局、区消防救援支队）", ("区民政局", "区消防救援支队")),
        ("每月检查1次。（责任单位：区民政局，各街镇）\n下一段。（区财政局）", ("区民政局", "各街镇")),
        ("区民政局每月检查1次。（区财政局）", ("区民政局",)),
        ("机构每月向区民政局报告1次。", ()),
        ("每月检查1次。（详见附件）", ()),
    ],
)
def test_who_answers_for_a_figure(text: str, bodies: tuple[str, ...]) -> None:
    assert entries_of(text)[0].bodies == bodies


def test_a_selection_takes_what_every_filter_takes() -> None:
    daxing = Selection(region="大兴", kinds=frozenset({FigureKind.FREQUENCY}), subject="演练")
    assert {entry.subject for entry in LEDGER if daxing.takes(entry)} == {"消防演练", "传染病防控应急演练"}
    forbidden = Selection(forces=frozenset({Force.FORBIDDEN}))
    assert {entry.operative for entry in LEDGER if forbidden.takes(entry)} == {"不得"}
    only = Selection(document_ids=frozenset({"changning-2025-2"}))
    assert {entry.region for entry in LEDGER if only.takes(entry)} == {"上海市长宁区"}
    assert all(Selection().takes(entry) for entry in LEDGER)


# Any text, of any size


def assert_sound(text: str) -> int:
    found = entries_of(text)
    for entry in found:
        assert text[entry.start : entry.end] == entry.figure
        assert entry.figure.strip()
        assert entry.subject
        assert entry.subject in entry.quote
        assert entry.citation.start <= entry.start < entry.end <= entry.citation.end
        assert entry.number is None or entry.number >= 0
        assert (entry.number is None) is (entry.unit is None)
    return len(found)


_SIGNS = "每年月日半一二三十百千万亿零点至少于名张个次以上下内前后的，。；：、（）“”《》0159.%:-～为按和应可\n"
_WORDS = ("不低于", "老年人", "覆盖率", "区民政局", "周岁", "到2027年底", "自", "起", "以上", "百分之")
_PIECES = st.sampled_from((*_SIGNS, *_WORDS))


@given(st.lists(_PIECES, min_size=1, max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_sound_entries(text: str) -> None:
    assert_sound(text)


@pytest.mark.parametrize(
    "words",
    [
        "每年",
        "1名",
        "的",
        "至少1名和",
        "每年至少检查1次，",
        "自",
        "每人每月5元",
        "率80%、",
        "到2027年底，",
        "65岁",
        "老年人",
        "《",
    ],
)
def test_one_endless_sentence_is_read_in_bounded_time(words: str) -> None:
    text = words * (30_000 // len(words))
    began = process_time()
    entries_of(text)
    assert process_time() - began < 6  # linear: about 1 s for the densest


@pytest.mark.skipif(not (SHARED / "library").is_dir(), reason="the shared library is not at hand")
def test_statutes_give_many_sound_entries() -> None:
    files = sorted((SHARED / "library" / "national").glob("*.txt"))[:25]
    assert len(files) == 25
    counts = [assert_sound(file.read_text("utf-8")) for file in files]
    assert sum(counts) > 200
