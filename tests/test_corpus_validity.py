"""What is in force on a day: by a text itself, by the manifest, by what later texts say."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from corpus.head.metadata import metadata_of
from corpus.library import Library, library_of, load_library
from corpus.provisions import Metadata, PolicyDocument, Provision
from corpus.readers import read
from corpus.relations.pointers import Pointer
from corpus.relations.repeals import repeals
from corpus.relations.validity import Standing
from corpus.structure.cleaning import clean
from corpus.structure.parser import parse
from tests.papers import document_of

SHARED = Path(__file__).parents[2] / "shared" / "library"


def plain(text: str) -> PolicyDocument:
    """A document that is one provision."""
    whole = Provision("0", "文首", "", 1, None, 0, len(text), len(text))
    return PolicyDocument("plain", Metadata("某办法"), text, (whole,))


def library(*documents: PolicyDocument) -> Library:
    return library_of(documents)


# ---------------------------------------------------------------- what a text puts out of force

REPEALS = [
    ("本法自2022年3月1日起施行。《中华人民共和国执业医师法》同时废止。", ["中华人民共和国执业医师法"]),
    (
        "2014年7月30日原国家食品药品监督管理总局令第4号公布的《医疗器械注册管理办法》同时废止。",
        ["医疗器械注册管理办法"],
    ),
    (
        "原教育部颁布的《中、小学卫生工作暂行规定(草案)》和一九八○年八月二十六日颁布的《高等学校卫生工作暂行规定(草案)》同时废止。",
        ["中、小学卫生工作暂行规定(草案)", "高等学校卫生工作暂行规定(草案)"],
    ),
    (
        "1996年4月18日、1998年7月24日市人民政府发布的《宁波市公共场所禁止吸烟暂行规定》、《宁波市爱国卫生管理规定》同时废止。",
        ["宁波市公共场所禁止吸烟暂行规定", "宁波市爱国卫生管理规定"],
    ),
    (
        "自本通知实施之日起，《甲通知》（穗人社发〔2014〕52号）、《乙通知》（穗人社发〔2015〕58号）同时废止。",
        ["甲通知", "乙通知"],
    ),
    ("《甲办法》自本办法施行之日起停止执行。", ["甲办法"]),
    ("《甲办法》（甲发〔2010〕1号）等3个文件一并予以废止。", ["甲办法"]),
    ("市政府决定废止《甲办法》、《乙办法》。", ["甲办法", "乙办法"]),
    (
        "决定废止下列文件：\n1.《甲办法》（甲发〔2010〕1号）\n2.《乙办法》\n3.《丙办法》\n请遵照执行。\n4.《丁办法》",
        ["甲办法", "乙办法", "丙办法"],
    ),
    ("根据《丙条例》，《甲办法》同时废止。", ["甲办法"]),
    # near-misses
    ("《甲办法》废止后，按本办法执行。", []),
    ("《甲办法》尚未废止，可继续参照。", []),
    ("对《甲办法》的废止日期另行通知。", []),
    ("《甲办法》规定的补贴标准按月发放，证件失效的应当补办。", []),
    ("原《医疗机构执业许可证》同时废止。", []),
    ("以往有关规定与本办法不一致的，以本办法为准。《甲办法》继续执行。", []),
    ("请对下列文件提出修改、废止意见：\n1.《甲办法》", []),
]


@pytest.mark.parametrize(("text", "titles"), REPEALS)
def test_what_is_repealed(text: str, titles: list[str]) -> None:
    found = repeals(plain(text))
    assert [each.title for each in found] == titles
    assert all(text[each.start : each.end].startswith(f"《{each.title}》") for each in found)


def test_a_repeal_has_number_day_and_articles() -> None:
    (one,) = repeals(plain("《甲办法》（甲发〔2010〕1号）自2021年5月1日起同时废止。"))
    assert (one.document_number, one.on, one.pointers) == ("甲发〔2010〕1号", date(2021, 5, 1), ())
    (other,) = repeals(plain("《甲办法》第三条同时废止。"))
    assert (other.title, other.pointers) == ("甲办法", (Pointer(3),))


@pytest.mark.parametrize(
    "sign", ["废止", "《甲》废止", "《甲》、", "废止《甲》、", "废止下列文件：\n", "《甲》和1999年发布的", "自2024年"]
)
def test_any_text_is_read_in_bounded_time(sign: str) -> None:
    document = plain((sign * 60_000)[:60_000])
    began = time.perf_counter()
    assert isinstance(repeals(document), tuple)
    assert time.perf_counter() - began < 5


# ---------------------------------------------------------------- what is in force

RULES = (
    "某市养老办法\n某政发〔{year}〕1号\n某市民政局\n{year}年3月1日\n"
    "第一条 一。\n第二条 本办法自{year}年5月1日起施行{term}。{repeal}\n"
)


def rules(document_id: str, year: int, term: str = "", repeal: str = "", **facts: object) -> PolicyDocument:
    known = {"region": "广东省广州市", **facts}
    return document_of(document_id, RULES.format(year=year, term=term, repeal=repeal), **known)


def standings(found: Library, document_id: str, *days: date) -> list[Standing]:
    return [found.validity[document_id].standing(day) for day in days]


def test_a_text_is_in_force_from_its_first_day_to_its_last() -> None:
    found = library(rules("one", 2020, "，有效期5年"))
    validity = found.validity["one"]
    assert (validity.since, validity.ending and validity.ending.on) == (date(2020, 5, 1), date(2025, 5, 1))
    days = (date(2020, 4, 30), date(2020, 5, 1), date(2025, 4, 30), date(2025, 5, 1))
    assert standings(found, "one", *days) == [
        Standing.NOT_YET,
        Standing.IN_FORCE,
        Standing.IN_FORCE,
        Standing.EXPIRED,
    ]
    assert [validity.in_force(day) for day in days] == [False, True, True, False]


def test_a_text_that_says_nothing_of_the_kind_is_in_force_from_the_day_it_was_issued() -> None:
    found = library(document_of("one", "关于服务的通知\n某市民政局\n2024年3月1日\n一、做好服务。\n"))
    assert standings(found, "one", date(2024, 2, 29), date(2024, 3, 1)) == [Standing.NOT_YET, Standing.IN_FORCE]
    undated = library(document_of("two", "关于服务的通知\n一、做好服务。\n"))
    assert undated.validity["two"].in_force(date(1990, 1, 1))


def test_a_later_text_repeals_an_earlier_one_by_number() -> None:
    newer = document_of(
        "new",
        "关于标准的通知\n某市民政局\n2022年1月1日\n一、标准如下。\n二、《某市养老办法》（某政发〔2020〕1号）同时废止。\n",
        region="广东省广州市",
    )
    found = library(rules("old", 2020), newer)
    assert standings(found, "old", date(2021, 12, 31), date(2022, 1, 1)) == [Standing.IN_FORCE, Standing.REPEALED]
    ending = found.validity["old"].ending
    assert ending is not None
    assert ending.by == "new"
    assert newer.text[ending.start : ending.end] == "《某市养老办法》（某政发〔2020〕1号）"
    assert found.validity["new"].in_force(date(2022, 1, 1))


@pytest.mark.parametrize(
    "named",
    [
        "《某市养老办法》（某政发〔2019〕1号）",  # another number
        "《养老办法》",  # another title
        "《某市养老办法（草案）》",
    ],
)
def test_a_repeal_of_something_else_changes_nothing(named: str) -> None:
    newer = document_of(
        "new", f"关于标准的通知\n某市民政局\n2022年1月1日\n一、{named}同时废止。\n", region="广东省广州市"
    )
    assert library(rules("old", 2020), newer).validity["old"].ending is None


def test_an_authority_elsewhere_does_not_repeal_what_bears_the_same_title() -> None:
    elsewhere = document_of(
        "new", "关于标准的通知\n某市民政局\n2022年1月1日\n一、《某市养老办法》同时废止。\n", region="北京市"
    )
    assert library(rules("old", 2020), elsewhere).validity["old"].ending is None


def test_a_text_does_not_repeal_itself_nor_what_came_after_it() -> None:
    found = library(rules("old", 2015), rules("new", 2020, repeal="《某市养老办法》同时废止。"))
    assert found.validity["new"].ending is None
    assert standings(found, "old", date(2020, 5, 1)) == [Standing.REPEALED]


def test_a_later_version_takes_the_place_of_an_earlier_one() -> None:
    found = library(rules("old", 2015), rules("new", 2020))
    assert standings(found, "old", date(2020, 4, 30), date(2020, 5, 1)) == [Standing.IN_FORCE, Standing.AMENDED]
    assert not found.validity["old"].in_force(date(2020, 5, 1))
    ending = found.validity["old"].ending
    assert (ending and ending.by, found.validity["new"].ending) == ("new", None)


def test_notices_of_one_title_and_rules_of_two_places_stand_side_by_side() -> None:
    notice = "关于春节服务工作的通知\n某市民政局\n{year}年1月1日\n一、做好服务。\n"
    notices = [document_of(f"n-{year}", notice.format(year=year), region="北京市") for year in (2023, 2024)]
    found = library(*notices, rules("here", 2015), rules("there", 2020, region="北京市"))
    assert [found.validity[each].ending for each in ("n-2023", "here")] == [None, None]


def test_an_amended_statute_holds_since_its_amendment() -> None:
    text = (
        "中华人民共和国慈善法\n2016年3月16日 第十二届全国人民代表大会第四次会议通过\n{amended}"
        "第一条 一。\n第二条 本法自2016年9月1日起施行。\n"
    )
    amended = (
        "2023年12月29日 第十四届全国人民代表大会常务委员会第七次会议《关于修改〈中华人民共和国慈善法〉的决定》修正\n"
    )
    found = library(document_of("old", text.format(amended="")), document_of("new", text.format(amended=amended)))
    assert found.validity["new"].since == date(2023, 12, 29)
    in_force = [each for each in ("old", "new") if found.validity[each].in_force(date(2020, 1, 1))]
    assert in_force == ["old"]
    assert [each for each in ("old", "new") if found.validity[each].in_force(date(2024, 1, 1))] == ["new"]


def test_a_decision_that_changes_a_text_is_known_where_the_new_text_is_not_at_hand() -> None:
    decision = document_of(
        "decision",
        "某市人民政府关于修改《某市养老办法》的决定\n某市人民政府\n2022年1月1日\n一、修改。\n",
        region="广东省广州市",
    )
    found = library(rules("old", 2020), decision)
    assert standings(found, "old", date(2021, 12, 31), date(2022, 1, 1)) == [Standing.IN_FORCE, Standing.AMENDED]
    assert found.validity["old"].in_force(date(2022, 1, 1))


def test_single_articles_are_put_out_of_force() -> None:
    newer = document_of(
        "new", "关于标准的通知\n某市民政局\n2022年1月1日\n一、《某市养老办法》第一条同时废止。\n", region="广东省广州市"
    )
    validity = library(rules("old", 2020), newer).validity["old"]
    assert validity.standing(date(2022, 1, 1)) is Standing.AMENDED
    assert validity.in_force(date(2022, 1, 1))
    assert not validity.in_force(date(2022, 1, 1), "1")
    assert validity.in_force(date(2022, 1, 1), "2")
    assert validity.in_force(date(2021, 12, 31), "1")


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({"status": "现行有效"}, Standing.IN_FORCE),
        ({"status": "已废止"}, Standing.REPEALED),
        ({"status": "失效"}, Standing.EXPIRED),
        ({"status": "已修改"}, Standing.AMENDED),
        ({"repealed_on": date(2021, 1, 1)}, Standing.REPEALED),
        ({"repealed_on": date(2023, 1, 1)}, Standing.IN_FORCE),
        ({"expires_on": date(2021, 12, 31)}, Standing.EXPIRED),
        ({"effective_on": date(2022, 6, 1)}, Standing.NOT_YET),
    ],
)
def test_the_manifest_and_the_page_have_their_say(facts: dict[str, object], standing: Standing) -> None:
    document = document_of("one", RULES.format(year=2020, term="", repeal=""), **facts)
    assert standings(library(document), "one", date(2022, 1, 1)) == [standing]


def test_the_five_documents_are_in_force() -> None:
    found = load_library()
    today = date(2026, 6, 1)
    assert {found.validity[document.document_id].standing(today) for document in found} == {Standing.IN_FORCE}
    assert not found.validity["daxing-2026-22"].in_force(date(2026, 3, 29))


# ---------------------------------------------------------------- real statutes, several versions side by side


@pytest.fixture(scope="module")
def statutes() -> tuple[Library, dict[str, str]]:
    """The statutes at hand, and their ids by the names of their files."""
    if not SHARED.exists():
        pytest.skip("../shared/library is not on this machine")
    names: dict[str, str] = {}
    documents = []
    for number, path in enumerate(sorted([*SHARED.glob("national/*.txt"), *SHARED.glob("local/*.txt")])):
        text = clean(read(path).text).text
        provisions = parse(text)
        names[path.stem] = f"s-{number}"
        documents.append(PolicyDocument(f"s-{number}", metadata_of(text, provisions, path.stem), text, provisions))
    return library_of(tuple(documents)), names


@pytest.mark.parametrize(
    ("older", "newer", "day"),
    [
        ("传染病防治法(2013-06-29)", "中华人民共和国传染病防治法_20250430", date(2025, 9, 1)),
        ("慈善法(2016-03-16)", "慈善法(2023-12-29)", date(2023, 12, 29)),
        ("上海市社会救助条例(2018-11-22)", "上海市社会救助条例(2024-12-31)", date(2024, 12, 31)),
    ],
)
def test_superseded_versions_are_never_current(
    statutes: tuple[Library, dict[str, str]], older: str, newer: str, day: date
) -> None:
    library, names = statutes
    before = date.fromordinal(day.toordinal() - 1)
    old, new = library.validity[names[older]], library.validity[names[newer]]
    assert (old.in_force(before), new.in_force(before)) == (True, False)
    assert (old.in_force(day), new.in_force(day)) == (False, True)
    assert old.ending is not None
    assert old.ending.by == names[newer]


def test_nothing_else_of_the_statutes_is_ended(statutes: tuple[Library, dict[str, str]]) -> None:
    library, names = statutes
    ended = {name for name, document_id in names.items() if library.validity[document_id].ending}
    assert ended == {"传染病防治法(2013-06-29)", "慈善法(2016-03-16)", "上海市社会救助条例(2018-11-22)"}


def test_sentences_that_repeal_are_all_read(statutes: tuple[Library, dict[str, str]]) -> None:
    library, _ = statutes
    for document in library:
        for sentence in document.text.replace("\n", "。").split("。"):
            if sentence.endswith("同时废止"):
                titles = [repeal.title for repeal in repeals(document)]
                assert any(f"《{title}》" in sentence for title in titles), sentence
