"""Facts of a document's head and foot: what is read, what is left alone, and how often it is right."""

from __future__ import annotations

import re
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.head.bodies import bodies_in, squeezed
from corpus.head.boxes import Field, read_box
from corpus.head.dates import date_of, last_day
from corpus.head.document_numbers import normal_number
from corpus.head.effect import read_effect
from corpus.head.history import EventKind, bodies_of, read_history
from corpus.head.metadata import head_of, metadata_of
from corpus.head.printed import Printed, lines_of
from corpus.head.regions import Level, common_region, level_of, levels_of, region_of
from corpus.head.signatures import read_annexes, read_signature
from corpus.head.titles import read_titles
from corpus.library import DOCUMENTS, load_library
from corpus.manifest import ManifestError, read_manifest
from corpus.provisions import Metadata, PolicyDocument, Provision
from corpus.readers import read
from corpus.relations.repeals import repeals
from corpus.structure.cleaning import clean
from corpus.structure.parser import parse

LIBRARY = load_library()
SHARED = Path(__file__).parents[2] / "shared" / "library"
SAMPLE = Path(__file__).with_name("data") / "library_metadata.toml"


def metadata(text: str, name_hint: str | None = None) -> Metadata:
    return metadata_of(text, parse(text), name_hint)


# ---------------------------------------------------------------- regions

REGIONS = [
    ("上海市人民代表大会常务委员会", "上海市", Level.PROVINCE),
    ("北京市大兴区民政局", "北京市大兴区", Level.DISTRICT),
    ("大兴区民政局", "北京市大兴区", Level.DISTRICT),  # there is one
    ("北京市朝阳区民政局", "北京市朝阳区", Level.DISTRICT),
    ("广州市天河区人民政府天园街道办事处", "广东省广州市天河区", Level.DISTRICT),
    ("中共广州市天河区委统战部", "广东省广州市天河区", Level.DISTRICT),
    ("2026年广州市天河区积分制入学学位申请指引", "广东省广州市天河区", Level.DISTRICT),
    ("广州市人民政府办公厅", "广东省广州市", Level.CITY),
    ("东莞市民政局", "广东省东莞市", Level.CITY),  # a city without districts
    ("国家税务总局广州市税务局", "广东省广州市", Level.CITY),
    ("恩施土家族苗族自治州人民政府", "湖北省恩施土家族苗族自治州", Level.CITY),
    ("广东省卫生健康委", "广东省", Level.PROVINCE),
    ("国家卫生健康委", "全国", Level.NATIONAL),
    ("国家税务总局", "全国", Level.NATIONAL),
    ("民政部", "全国", Level.NATIONAL),
    ("卫生部", "全国", Level.NATIONAL),
    ("原国家食品药品监督管理总局", "全国", Level.NATIONAL),
    ("海关总署", "全国", Level.NATIONAL),
    ("中共中央办公厅", "全国", Level.NATIONAL),
    ("中华人民共和国慈善法", "全国", Level.NATIONAL),
]


@pytest.mark.parametrize(("name", "region", "level"), REGIONS)
def test_the_region_of_a_body_or_title(name: str, region: str, level: Level) -> None:
    assert region_of(name) == region
    assert level_of(region) is level


@pytest.mark.parametrize(
    ("region", "levels"),
    [
        ("广东省广州市天河区", ("广东省", "广东省广州市", "广东省广州市天河区")),
        ("北京市大兴区", ("北京市", "北京市大兴区")),
        ("上海市", ("上海市",)),
        ("全国", ("全国",)),
        ("**市**区", ("**市**区",)),
        ("", ("",)),
    ],
)
def test_a_region_and_those_it_lies_in(region: str, levels: tuple[str, ...]) -> None:
    assert levels_of(region) == levels


@pytest.mark.parametrize(
    "name",
    [
        "朝阳区民政局",
        "鼓楼区卫生健康委",
        "市民政局",
        "区教育局",
        "民政部门",
        "各区人民政府",
        "**市**区",
        "养老服务条例",
        "",
    ],
)
def test_an_unclear_name_has_no_region(name: str) -> None:
    assert region_of(name) is None


def test_bodies_that_issue_together_share_their_region() -> None:
    assert common_region(["北京市大兴区民政局", "大兴区卫生健康委"]) == "北京市大兴区"
    assert common_region(["广东省民政厅", "广州市民政局"]) == "广东省"
    assert common_region(["市民政局", "广州市财政局"]) == "广东省广州市"
    assert common_region(["民政部", "广东省民政厅"]) is None
    assert common_region(["北京市民政局", "上海市民政局"]) is None
    assert level_of("**市**区") is None


# ---------------------------------------------------------------- dates, numbers, bodies


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("2024年12月12日", date(2024, 12, 12)),
        ("2026年 4月 20 日", date(2026, 4, 20)),
        ("二〇二四年十二月十二日", date(2024, 12, 12)),
        ("一九八○年八月二十六日", date(1980, 8, 26)),
        ("２０２４年1月2日", date(2024, 1, 2)),
        ("2024.12.12", date(2024, 12, 12)),
        ("2024-09-12 11:24:11", date(2024, 9, 12)),
        ("2024年13月1日", None),
        ("2024年2月30日", None),
        ("2024年12月", None),
        ("第12条", None),
    ],
)
def test_dates(printed: str, day: date | None) -> None:
    assert date_of(printed) == day


def test_the_last_day_of_a_term() -> None:
    assert last_day(date(2019, 7, 1), 60) == date(2024, 6, 30)
    assert last_day(date(2024, 1, 1), 12) == date(2024, 12, 31)
    assert last_day(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert last_day(date(2025, 1, 31), 1) == date(2025, 2, 28)
    with pytest.raises(ValueError, match="months"):
        last_day(date(2024, 1, 1), 12 * 9000)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("国卫老龄发〔2024〕40号", "国卫老龄发[2024]40号"),
        ("国卫老龄发〔2024〕40号", "国卫老龄发（2024）40 号"),
        ("国卫老龄发〔2024〕40号", "国卫老龄发【2024】第40号"),
        ("沪卫老龄〔2020〕004号", "沪卫老龄〔2020〕4号"),
        ("中华人民共和国国务院令第374号", "国务院令第３７４号"),
        ("中华人民共和国主席令第九十四号", "主席令第94号"),
    ],
)
def test_numbers_printed_differently_are_one_number(one: str, other: str) -> None:
    assert normal_number(one) == normal_number(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("国卫老龄发〔2024〕40号", "国卫老龄发〔2025〕40号"),
        ("国卫老龄发〔2024〕40号", "国卫老龄发〔2024〕4号"),
        ("国卫老龄发〔2024〕40号", "国卫办老龄发〔2024〕40号"),
        ("国务院令第374号", "卫生部令第374号"),
    ],
)
def test_other_numbers_are_other_numbers(one: str, other: str) -> None:
    assert normal_number(one) != normal_number(other)


BODIES = [
    ("国家卫生健康委 民政部", ["国家卫生健康委", "民政部"]),
    ("国家卫生健康委民政部", ["国家卫生健康委", "民政部"]),
    ("国家医保局国家中医药局", ["国家医保局", "国家中医药局"]),
    ("北 京 市 大 兴 区 民 政 局", ["北京市大兴区民政局"]),
    ("北京市大兴区卫生健康委员会     北京市大兴区民政局", ["北京市大兴区卫生健康委员会", "北京市大兴区民政局"]),
    ("中共广州市天河区委统战部", ["中共广州市天河区委统战部"]),
    ("国家卫生健康委员会办公厅 民政部办公厅", ["国家卫生健康委员会办公厅", "民政部办公厅"]),
    ("广州市社会保险基金管理中心", ["广州市社会保险基金管理中心"]),
    ("各区人民政府", []),
    ("关于成立工作委员会", []),
    ("第一章 总则", []),
    ("召开了工作推进会。", []),
    ("民政部门负责本办法", []),
]


@pytest.mark.parametrize(("line", "names"), BODIES)
def test_lines_of_bodies(line: str, names: list[str]) -> None:
    assert [squeezed(line[start:end]) for start, end in bodies_in(line, 0, len(line))] == names


# ---------------------------------------------------------------- titles

TITLES = [
    ("中华人民共和国慈善法\n（2016年3月16日第十二届全国人民代表大会第四次会议通过）", "中华人民共和国慈善法", None, []),
    ("医养结合示范项目工作方案\n（2025年版）\n为贯彻落实。", "医养结合示范项目工作方案（2025年版）", None, []),
    ("**市**区\n推进医养结合工作的实施方案\n一、目标", "**市**区推进医养结合工作的实施方案", None, []),
    (
        "国家卫生健康委 民政部关于促进医养结合服务高质量发展的 指导意见\n国卫老龄发〔2024〕40号",
        "关于促进医养结合服务高质量发展的指导意见",
        None,
        ["国家卫生健康委", "民政部"],
    ),
    (
        "穗人社规字〔2022〕2号\n关于印发引进人才入户管理办法\n实施细则的通知\n各有关单位：\n现印发。\n引进人才入户管理办法实施细则",
        "引进人才入户管理办法实施细则",
        "关于印发引进人才入户管理办法实施细则的通知",
        [],
    ),
    (
        "关于印发《进一步深化医养结合发展的实施方案》的通知\n各单位：\n关于进一步深化医养 \n结合发展的实施方案\n一、",
        "关于进一步深化医养结合发展的实施方案",
        "关于印发《进一步深化医养结合发展的实施方案》的通知",
        [],
    ),
    (
        "广州市民政局关于印发2025年标准的通知\n各区：\n现公布如下。",
        "关于印发2025年标准的通知",
        None,
        ["广州市民政局"],
    ),
    (
        "广州市人民政府令\n第179号\n《广州市老年人优待办法》已经市政府通过，现予公布。\n2021年1月29日\n广州市老年人优待办法",
        "广州市老年人优待办法",
        None,
        [],
    ),
    ("（转载）广州市公共租赁住房管理办法 - 广州市人民政府门户网站", "广州市公共租赁住房管理办法", None, []),
    ("搜索\n基本信息\n文 号：穗民规字〔2025〕2号\n残疾人辅助器具适配办法", "残疾人辅助器具适配办法", None, []),
    ("房屋租赁登记备案可以网办吗？\n这份保障租赁双方合法权益的攻略", "房屋租赁登记备案可以网办吗？", None, []),
    ("天河区扎实推进家庭医生签约服务\n来源：区卫生健康局", "天河区扎实推进家庭医生签约服务", None, []),
]


@pytest.mark.parametrize(("text", "title", "cover", "bodies"), TITLES)
def test_titles(text: str, title: str, cover: str | None, bodies: list[str]) -> None:
    titles = read_titles(text, tuple(lines_of(text)))
    assert titles is not None
    assert titles.title.value == title
    assert (titles.cover.value if titles.cover else None) == cover
    assert [body.value for body in titles.bodies] == bodies
    for printed in (titles.title, titles.cover):
        assert printed is None or squeezed(text[printed.start : printed.end]) == printed.value


@pytest.mark.parametrize(
    "text", ["", "为贯彻落实国务院关于养老服务的意见，制定本方案。", "各区民政局：", "2024年1月2日"]
)
def test_what_is_no_title(text: str) -> None:
    assert read_titles(text, tuple(lines_of(text))) is None


def test_a_file_name_is_a_title_of_last_resort_and_nothing_else() -> None:
    found = metadata("为落实国务院意见，制定本方案。\n", "11_某市养老服务条例(2016-12-25)")
    assert (found.title, found.issued_on) == ("某市养老服务条例", None)
    assert metadata("为落实国务院意见，制定本方案。\n", "my-plan").title == "为落实国务院意见，制定本方案。"
    assert metadata("某市献血条例\n第一条 …\n", "另一个标题(2016-12-25)").title == "某市献血条例"


# ---------------------------------------------------------------- box, history, signature, annexes


def box(text: str) -> dict[Field, str]:
    return {field: printed.value for field, printed in read_box(tuple(lines_of(text))).items()}


def test_boxes_of_web_pages() -> None:
    assert box("发 文 机 关:国家卫生健康委员会,民政部\n时 效 性:现行有效\n文　　号：国卫老龄发〔2024〕40号") == {
        Field.ISSUERS: "国家卫生健康委员会,民政部",
        Field.STATUS: "现行有效",
        Field.NUMBER: "国卫老龄发〔2024〕40号",
    }
    assert box("| 实施日期 | 2025年06月01日 | 失效日期 | 2026年06月01日 |") == {
        Field.EFFECTIVE: "2025年06月01日",
        Field.EXPIRES: "2026年06月01日",
    }
    assert box("文号：\n发布日期：\n2024-09-12\n发布机构：\n天园街道办事处") == {
        Field.PUBLISHED: "2024-09-12",
        Field.PUBLISHER: "天园街道办事处",
    }


@pytest.mark.parametrize(
    "text",
    [
        "文件状态：\n广州市民政局关于印发低保标准的通知",  # a label without a value, and what comes next
        "文号：\n广州市民政局",
        "本通知的发布日期：以网站为准",
        "养老机构应当公示收费标准、来源：民政局。",
    ],
)
def test_what_is_no_box(text: str) -> None:
    assert {field for field in box(text) if field is not Field.OTHER} == set()


def history(text: str) -> list[tuple[str, str, str | None]]:
    events = read_history(text, tuple((line.start, line.end) for line in lines_of(text)))
    return [(event.on.isoformat(), event.kind.value, event.body) for event in events]


def test_the_history_of_a_statute() -> None:
    assert history(
        "（1989年2月21日第七届全国人民代表大会常务委员会第六次会议通过　2004年8月28日第十届全国人民代表大会"
        "常务委员会第十一次会议第一次修订　根据2013年6月29日第十二届全国人民代表大会常务委员会第三次会议"
        "《关于修改〈中华人民共和国文物保护法〉等十二部法律的决定》修正　2025年4月30日第十四届全国人民代表大会"
        "常务委员会第十五次会议第二次修订）"
    ) == [
        ("1989-02-21", "通过", "全国人民代表大会常务委员会"),
        ("2004-08-28", "修订", "全国人民代表大会常务委员会"),
        ("2013-06-29", "修正", "全国人民代表大会常务委员会"),
        ("2025-04-30", "修订", "全国人民代表大会常务委员会"),
    ]
    assert history("2003年4月2日 国务院第3次常务会议通过\n2003年10月1日 施行") == [
        ("2003-04-02", "通过", "国务院"),
        ("2003-10-01", "施行", None),
    ]


def test_orders_that_publish_a_statute() -> None:
    text = "1990年6月4日 国家教育委员会令第10号、卫生部令第1号发布"
    (event,) = read_history(text, ((0, len(text)),))
    assert (event.kind, event.number) == (EventKind.PUBLISHED, "国家教育委员会令第10号、卫生部令第1号")
    assert bodies_of(event) == ("国家教育委员会", "卫生部")


@pytest.mark.parametrize(
    "text",
    [
        "2025年4月28日，广州市天河区教育局公布2026年招生工作细则。",
        "2024年1月1日起施行",
        "2025年3月1日前完成公布",
        "2024年12月12日",
    ],
)
def test_a_sentence_that_begins_with_a_date_is_no_history(text: str) -> None:
    assert history(text) == []


def test_a_city_named_elsewhere_in_the_history_is_given_its_name() -> None:
    text = (
        "2014年6月27日 市十二届人民代表大会常务委员会第二十次会议通过\n"
        "2014年10月27日 杭州市人民代表大会常务委员会第33号公布"
    )
    assert [body for _, _, body in history(text)] == ["杭州市人民代表大会常务委员会"] * 2


SIGNATURES = [
    (
        "请执行。\n国家卫生健康委民政部\n国家疾控局\n2024年12月12日",
        ["国家卫生健康委", "民政部", "国家疾控局"],
        date(2024, 12, 12),
    ),
    ("广州市民政局　　广州市财政局\n2025年5月30日", ["广州市民政局", "广州市财政局"], date(2025, 5, 30)),
    ("市 长：温国辉\n2021年1月29日", [], date(2021, 1, 29)),
    ("广州市住房保障办公室 2025年3月19日", ["广州市住房保障办公室"], date(2025, 3, 19)),
]


@pytest.mark.parametrize(("text", "bodies", "on"), SIGNATURES)
def test_signatures(text: str, bodies: list[str], on: date) -> None:
    signature = read_signature(tuple(lines_of(text)))
    assert signature is not None
    assert ([body.value for body in signature.bodies], signature.on.value) == (bodies, on)


@pytest.mark.parametrize(
    "text",
    [
        "完成时限：\n2025年12月31日",
        "广州市人民政府办公厅秘书处\n2024年7月29日印发",
        "申请时间\n2025年8月11日",
        "2021-02-09",
    ],
)
def test_a_date_alone_is_no_signature(text: str) -> None:
    assert read_signature(tuple(lines_of(text))) is None


ANNEXES = [
    ("附件：1.分工表\n2.标准（试行）\n广州市民政局", ["分工表", "标准（试行）"]),
    ("附 件：长宁区养老服务医养结合重点项目分工表", ["长宁区养老服务医养结合重点项目分工表"]),
    ("附件：\n1.操作指引.pdf\n2.服务网点.xlsx", ["操作指引", "服务网点"]),
    ("附件：1.甲表 2.乙表", ["甲表", "乙表"]),
    ("附件1 老年人能力评估表\n内容\n附件2：申请表", ["老年人能力评估表", "申请表"]),
    ("附件：\n附件1.docx\n附件2.docx", []),
    ("附件3中的标准按年调整。", []),
    ("相关附件见下。", []),
]


@pytest.mark.parametrize(("text", "titles"), ANNEXES)
def test_annexes(text: str, titles: list[str]) -> None:
    assert [annex.value for annex in read_annexes(tuple(lines_of(text)))] == titles


# ---------------------------------------------------------------- from when, until when

ISSUED = date(2024, 7, 26)
EFFECTS = [
    ("第五十四条本办法自印发之日起施行，有效期5年。有效期届满，依法评估修订。", ISSUED, date(2029, 7, 25)),
    ("本办法自印发之日起施行，有效期至2026年12月31日。", ISSUED, date(2026, 12, 31)),
    ("第二十三条  本办法自2019年2月1日实施，有效期五年。", date(2019, 2, 1), date(2024, 1, 31)),
    ("现予公布，自2021年5月1日起施行。", date(2021, 5, 1), None),
    ("本法自公布之日起30日后施行。", date(2024, 8, 25), None),
    ("本规定自国务院批准之日起施行。", ISSUED, None),
    ("本条例自2021年9月1日起施行，《广州市募捐条例》同时废止。", date(2021, 9, 1), None),
    ("本方案自2024年1月1日起至2026年12月31日止试行。", date(2024, 1, 1), date(2026, 12, 31)),
    ("本办法自发布之日起施行，试行两年。", ISSUED, date(2026, 7, 25)),
    ("自2024年3月1日起施行。", date(2024, 3, 1), None),
    # the last clause is that of the text itself, not of the notice before it
    ("本通知自2024年1月1日起施行。\n第九条 本办法自2024年2月1日起施行。", date(2024, 2, 1), None),
    # near-misses
    ("本条例施行前已经设立的，应当重新登记。", None, None),
    ("老年人优待凭证设置2年有效期。", None, None),
    ("自2025年1月1日起执行新标准，各区应当补发。", None, None),
    ("参保人员自缴费之日起享受待遇。", None, None),
    ("依照2010年10月1日起施行的规定办理。", None, None),
    ("本通知有效期1年。", None, None),  # from a day that is not printed
]


@pytest.mark.parametrize(("text", "first", "last"), EFFECTS)
def test_from_when_and_until_when(text: str, first: date | None, last: date | None) -> None:
    acts = {"印发", "公布", "发布", "国务院批准"}
    effect = read_effect(text, len(text), lambda act: ISSUED if act in acts else None)
    assert (effect.effective_on.value if effect.effective_on else None) == first
    assert (effect.expires_on.value if effect.expires_on else None) == last
    for printed in (effect.effective_on, effect.expires_on):
        assert printed is None or re.search(r"[施实试]行|实施|年", text[printed.start : printed.end])


def test_a_term_is_counted_from_the_day_that_the_box_gives() -> None:
    text = "本通知有效期1年。"
    effect = read_effect(text, len(text), lambda act: None, Printed(date(2025, 6, 1), 0, 0))
    assert effect.expires_on == Printed(date(2026, 5, 31), 3, 8)


def test_the_day_of_publishing_is_not_taken_from_the_day_of_passing() -> None:
    text = (
        "某市献血条例\n2020年9月25日 某市第十五届人民代表大会常务委员会第二十四次会议通过\n"
        "第一条 …。\n第二条 本条例自公布之日起施行。\n"
    )
    found = metadata(text)
    assert (found.issued_on, found.effective_on) == (date(2020, 9, 25), None)


# ---------------------------------------------------------------- whole documents


def test_what_the_manifest_says_goes_before_what_is_read() -> None:
    for document_id, facts in read_manifest(DOCUMENTS).items():
        document = LIBRARY.get(document_id)
        assert {field: getattr(document.metadata, field) for field in facts} == dict(facts)


@pytest.mark.parametrize("document", LIBRARY, ids=lambda document: str(document.document_id))
def test_what_is_read_of_the_five_documents_is_what_the_manifest_says(document: PolicyDocument) -> None:
    read_facts = metadata_of(document.text, document.provisions)
    for field in ("title", "document_number", "issuers", "issued_on", "status"):
        assert getattr(read_facts, field) == getattr(document.metadata, field), field
    assert read_facts.region == (document.metadata.region if "*" not in (document.metadata.region or "") else None)


NOTICE = """某省卫生健康委员会文件
某卫发〔2023〕12 号                    签发人：张三
大兴区卫生健康委员会
关于印发医养结合机构服务规范的
通知
各市卫生健康委，省直有关单位：
现将《医养结合机构服务规范》印发给你们。
附件：1.医养结合机构服务规范
2.评分表
大兴区卫生健康委员会
2023年5月6日
附件1
医养结合机构服务规范
第一条 为规范服务，制定本规范。
第二条 本规范自2023年6月1日起施行，试行2年。
抄送：省政府办公厅。
大兴区卫生健康委员会办公室 2023年5月8日印发
"""


def test_a_notice_with_the_text_that_it_issues_as_an_annex() -> None:
    found = metadata(clean(NOTICE).text)
    assert found == Metadata(
        title="关于印发医养结合机构服务规范的通知",
        document_number="某卫发〔2023〕12号",
        issuers=("大兴区卫生健康委员会",),
        issued_on=date(2023, 5, 6),
        region="北京市大兴区",
        printed_on=date(2023, 5, 8),
        effective_on=date(2023, 6, 1),
        expires_on=date(2025, 5, 31),
        addressees="各市卫生健康委，省直有关单位",
        annexes=("医养结合机构服务规范", "评分表"),
    )


def test_an_announcement_has_its_title_below_its_mast() -> None:
    found = metadata(
        "国家卫生健康委员会公告\n2023年第5号\n关于发布行业标准的通告\n特此通告。\n国家卫生健康委\n2023年8月7日\n"
    )
    assert (found.title, found.document_number) == ("关于发布行业标准的通告", "国家卫生健康委员会公告2023年第5号")


def test_a_title_marked_as_repealed() -> None:
    found = metadata("关于印发《养老机构管理办法》的通知（已废止）\n京民发〔2016〕10号\n各区民政局：\n现印发。\n")
    assert (found.title, found.status) == ("关于印发《养老机构管理办法》的通知", "已废止")


def test_the_law_itself_behind_the_order_that_publishes_it() -> None:
    found = metadata(
        "中华人民共和国主席令\n第九十四号\n《中华人民共和国医师法》已由第十三届全国人民代表大会常务委员会第三十次会议于"
        "2021年8月20日通过，现予公布，自2022年3月1日起施行。\n中华人民共和国主席　习近平\n2021年8月20日\n"
        "中华人民共和国医师法\n第一条 为了保障医师合法权益，制定本法。\n第二条 本法自2022年3月1日起施行。\n"
    )
    assert (found.title, found.document_number) == ("中华人民共和国医师法", "中华人民共和国主席令第九十四号")
    assert (found.issued_on, found.effective_on) == (date(2021, 8, 20), date(2022, 3, 1))


def facts_of(document: PolicyDocument) -> Iterator[Printed[Any]]:
    head = head_of(document)
    yield from (*head.issuers, *head.annexes)
    single = (head.title, head.cover_title, head.document_number, head.issued_on, head.printed_on, head.published_on)
    yield from (fact for fact in (*single, head.effective_on, head.status, head.addressees) if fact)


@pytest.mark.parametrize("document", LIBRARY, ids=lambda document: str(document.document_id))
def test_every_fact_stands_where_it_was_read(document: PolicyDocument) -> None:
    for fact in facts_of(document):
        words = document.text[fact.start : fact.end]
        if isinstance(fact.value, date):
            assert date_of(words) == fact.value
        else:
            assert squeezed(words) == squeezed(fact.value)


def test_what_is_not_printed_is_left_out() -> None:
    assert metadata("某县实施方案\n一、目标\n到2027年底全覆盖。\n") == Metadata(title="某县实施方案")


def test_new_facts_of_a_manifest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("某市养老服务办法\n第一条 本办法自2020年1月1日起施行。\n", encoding="utf-8")
    (tmp_path / "manifest.toml").write_text(
        '[a]\ntitle = "甲"\neffective_on = 2020-02-01\nrepealed_on = 2024-01-01\nannexes = ["表"]\n', encoding="utf-8"
    )
    found = load_library(tmp_path).get("a").metadata
    assert (found.title, found.effective_on, found.repealed_on) == ("甲", date(2020, 2, 1), date(2024, 1, 1))
    assert found.annexes == ("表",)


@pytest.mark.parametrize("wrong", ['issuers = "民政部"', "issuers = [1]", "effective_on = 2020-02-01T08:00:00"])
def test_a_manifest_with_a_fact_of_another_kind_is_refused(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "manifest.toml").write_text(f'[a]\ntitle = "甲"\n{wrong}\n', encoding="utf-8")
    with pytest.raises(ManifestError, match="类型不对"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "sign",
    [
        "《",
        "附件：1.",
        "本办法自",
        "第",
        "2024年1月1日\n",
        "发文机关：",
        "国家卫生健康委民政部",
        "关于印发",
        "（",
        "局 ",
    ],
)
def test_any_text_is_read_in_bounded_time(sign: str) -> None:
    text = (sign * 60_000)[:60_000]
    whole = (Provision("0", "文首", "", 1, None, 0, len(text), len(text)),)
    began = time.perf_counter()
    assert metadata_of(text, whole).title
    assert time.perf_counter() - began < 5


# ---------------------------------------------------------------- forty documents, checked by hand

FIELDS = (
    *("title", "cover_title", "document_number", "issuers", "issued_on", "printed_on", "effective_on", "expires_on"),
    *("region", "addressees", "annexes", "repeals"),
)
LISTS = ("issuers", "annexes", "repeals")


def read_facts(path: Path) -> dict[str, Any]:
    text = clean(read(path).text).text
    provisions = parse(text)
    found = metadata_of(text, provisions, path.stem)
    named = repeals(PolicyDocument("sample", found, text, provisions))
    return {field: getattr(found, field, None) for field in FIELDS} | {"repeals": tuple(each.title for each in named)}


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/library is not on this machine")
def test_facts_of_forty_documents() -> None:
    sample = tomllib.loads(SAMPLE.read_text("utf-8"))
    right: Counter[str] = Counter()
    wrong: list[str] = []
    for name, facts in sample.items():
        found = read_facts(SHARED / name)
        for field in FIELDS:
            expected = tuple(facts.get(field, ())) if field in LISTS else facts.get(field)
            right[field] += found[field] == expected
            if found[field] != expected:
                wrong.append(f"{name} {field}: {found[field]!r}, printed {expected!r}")
    print("\n" + "\n".join(f"{field:<16} {right[field]}/{len(sample)}" for field in FIELDS), *wrong, sep="\n")
    assert len(sample) == 40
    assert min(right[field] for field in FIELDS) >= 39, wrong
