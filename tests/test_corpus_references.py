"""Texts named and articles pointed to; what they lead to in a library, and what it does not have."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from corpus.head.metadata import metadata_of
from corpus.library import Library, library_of, load_library
from corpus.provisions import Metadata, PolicyDocument, Provision
from corpus.readers import read
from corpus.relations.catalogue import normal_title, short_title
from corpus.relations.pointers import Pointer, read_pointers
from corpus.relations.references import Reference, references, self_references
from corpus.relations.resolution import Link, Target, candidates, resolve
from corpus.structure.cleaning import clean
from corpus.structure.parser import parse
from tests.papers import document_of

SHARED = Path(__file__).parents[2] / "shared" / "library"


def plain(text: str, title: str = "某办法") -> PolicyDocument:
    """A document that is one provision."""
    return PolicyDocument(
        "plain", Metadata(title), text, (Provision("0", "文首", "", 1, None, 0, len(text), len(text)),)
    )


# ---------------------------------------------------------------- places

POINTERS = [
    ("第四十二条规定", [(42, 0, 0)]),
    ("第三十二条第二款", [(32, 2, 0)]),
    ("第三十二条第二款第（三）项的", [(32, 2, 3)]),
    ("第三条至第五条", [(3, 0, 0), (4, 0, 0), (5, 0, 0)]),
    ("第三条、第五条和第七条", [(3, 0, 0), (5, 0, 0), (7, 0, 0)]),
    ("第五条第一款、第二款", [(5, 1, 0), (5, 2, 0)]),
    ("第五条第（一）、（二）项", [(5, 0, 1), (5, 0, 2)]),
    ("第六条第一款（一）至（三）项", [(6, 1, 1), (6, 1, 2), (6, 1, 3)]),
    ("第七条第一款第一项至第三项", [(7, 1, 1), (7, 1, 2), (7, 1, 3)]),
    ("第九条第一项或者第十条", [(9, 0, 1), (10, 0, 0)]),
    ("第20条", [(20, 0, 0)]),
    # near-misses
    ("第三条例外", []),
    ("第二款", []),
    ("第一章总则", []),
    ("第五条至第三条", [(5, 0, 0), (3, 0, 0)]),
    ("第一条至第九百条", [(1, 0, 0), (900, 0, 0)]),
]


@pytest.mark.parametrize(("text", "places"), POINTERS)
def test_places_named(text: str, places: list[tuple[int, int, int]]) -> None:
    found = [each.pointer for each in read_pointers(text, 0, len(text))]
    assert found == [Pointer(*place) for place in places]


def test_an_inserted_article_and_a_paragraph_of_the_article_at_hand() -> None:
    assert [each.pointer for each in read_pointers("第二十条之一第二款", 0, 9)] == [Pointer(20, 2, inserted=1)]
    assert [each.pointer for each in read_pointers("第二款", 0, 3, article=7)] == [Pointer(7, 2)]


def test_a_range_is_printed_as_a_whole() -> None:
    assert {(each.start, each.end) for each in read_pointers("第三条至第五条", 0, 7)} == {(0, 7)}


# ---------------------------------------------------------------- texts named

NAMED = [
    (
        "按照《医疗机构基本标准（试行）》（卫医发〔1994〕第30号）执行",
        [("医疗机构基本标准（试行）", "卫医发〔1994〕第30号", None)],
    ),
    (
        "根据《广东省城镇住房保障办法》（广东省人民政府令第181号）",
        [("广东省城镇住房保障办法", "广东省人民政府令第181号", None)],
    ),
    (
        "依照《食品安全法》第四十二条、第四十三条和《消防法》第九条",
        [("食品安全法", None, Pointer(42)), ("食品安全法", None, Pointer(43)), ("消防法", None, Pointer(9))],
    ),
    ("《浙江省实施《残疾人保障法》办法》同时废止", [("浙江省实施《残疾人保障法》办法", None, None)]),
    (
        "《慈善法》（以下称《慈法》）的第二十三条。《慈法》第三条",
        [("慈善法", None, Pointer(23)), ("慈善法", None, Pointer(3))],
    ),
    ("违反行政处罚法第三十三条规定的", [("行政处罚法", None, Pointer(33))]),
    ("依法讨论了刑法第二百六十六条", [("刑法", None, Pointer(266))]),
    (
        "《中华人民共和国慈善法》施行后，采取慈善法第二十三条方式",
        [("中华人民共和国慈善法", None, None), ("中华人民共和国慈善法", None, Pointer(23))],
    ),
    (
        "《工伤保险条例》已经公布。有该条例第五条情形的",
        [("工伤保险条例", None, None), ("工伤保险条例", None, Pointer(5))],
    ),
    # near-misses
    ("依照有关规定第一次", []),
    ("有本办法第九条情形的", []),
    ("《未闭合的标题", []),
    ("《某办法》由市民政局解释。", []),  # itself
]


@pytest.mark.parametrize(("text", "named"), NAMED)
def test_texts_named(text: str, named: list[tuple[str, str | None, Pointer | None]]) -> None:
    found = references(plain(text))
    assert [(each.title, each.document_number, each.pointer) for each in found] == named
    assert all(0 <= each.start < each.end <= len(text) for each in found)


STATUTE = (
    "某市养老服务条例\n第一条 为了规范养老服务，制定本条例。\n第二条 养老机构应当遵守第四条规定。\n"
    "养老机构有下列情形之一的，责令改正：\n（一）违反本条例第四条的；\n（二）违反第三条、第四条第一款的；\n"
    "（三）不改正的。\n第三条 有本条例第二条第二款第（三）项行为的，罚款。\n有本条第一款行为的，从重。\n"
    "第四条 不得收取押金。第九百条不存在。\n"
)


def test_places_of_its_own() -> None:
    document = document_of("city-rules", STATUTE)
    found = self_references(document)
    assert [(document.text[each.start : each.end], each.article_id) for each in found] == [
        ("第四条", "2"),
        ("本条例第四条", "2.2.1"),
        ("第三条", "2.2.2"),
        ("第四条第一款", "2.2.2"),
        ("本条例第二条第二款第（三）项", "3"),
        ("本条第一款", "3.2"),
    ]
    catalogue = library_of((document,)).catalogue
    targets = [resolve(each, catalogue) for each in found]
    assert [target.article_id if target else None for target in targets] == ["4", "4", "3", "4", "2.2.3", "3"]


def test_an_annex_points_to_its_own_articles_first() -> None:
    notice = "关于印发规则的通知\n一、抓好落实。\n二、加强领导。\n"
    text = f"{notice}附件1\n评估规则\n第一条 按照第二条办理。\n第二条 每年一次。\n"
    document = document_of("notice", text)
    assert document.has("a1:2")
    (own,) = self_references(document)
    assert resolve(own, library_of((document,)).catalogue) == Target("notice", "a1:2")


def test_an_article_of_a_text_issued_as_an_annex() -> None:
    issued = "附件1\n评估规则\n第一条 按照第二条办理。\n第二条 每年一次。\n"
    notice = document_of("notice", f"关于印发评估规则的通知\n一、抓好落实。\n二、加强领导。\n{issued}")
    rules = document_of("rules", "某方案\n一、按照《评估规则》第二条办理。\n")
    catalogue = library_of((notice, rules)).catalogue
    (reference,) = references(rules)
    assert resolve(reference, catalogue) == Target("notice", "a1:2")


# ---------------------------------------------------------------- titles


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中华人民共和国老年人权益保障法", "老年人权益保障法"),
        ("上海市实施《中华人民共和国残疾人保障法》办法", "上海市实施<残疾人保障法>办法"),
        ("医疗机构基本标准（试行）", "医疗机构基本标准(试行)"),
        ("关于促进 医养结合的意见", "关于促进医养结合的意见"),
    ],
)
def test_one_title_printed_differently(one: str, other: str) -> None:
    assert normal_title(one) == normal_title(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("医疗机构基本标准（试行）", "医疗机构基本标准"),
        ("医养结合示范项目工作方案（2025年版）", "医养结合示范项目工作方案"),
        ("广州市人民政府办公厅关于印发广州市公共租赁住房管理办法的通知", "广州市公共租赁住房管理办法"),
        ("国家卫生健康委 民政部关于促进医养结合的意见", "关于促进医养结合的意见"),
        ("关于印发《进一步深化医养结合发展的实施方案》的通知", "关于进一步深化医养结合发展的实施方案"),
    ],
)
def test_one_text_under_a_longer_and_a_shorter_title(one: str, other: str) -> None:
    assert normal_title(one) != normal_title(other)
    assert short_title(one) == short_title(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("公共租赁住房管理办法", "广州市公共租赁住房管理办法"),
        ("社会救助暂行办法", "社会救助办法"),
        ("医疗机构管理条例", "医疗机构管理条例实施细则"),
        ("养老服务条例（草案）", "养老服务条例"),
    ],
)
def test_other_texts_are_other_texts(one: str, other: str) -> None:
    assert short_title(one) != short_title(other)


# ---------------------------------------------------------------- a library

LAW_2013 = (
    "中华人民共和国养老法\n2013年6月29日 第十二届全国人民代表大会常务委员会第三次会议通过\n第一条 一。\n第二条 旧二。\n"
)
LAW_2025 = (
    "中华人民共和国养老法\n2013年6月29日 第十二届全国人民代表大会常务委员会第三次会议通过\n"
    "2025年4月30日 第十四届全国人民代表大会常务委员会第十五次会议修订\n第一条 一。\n第二条 新二。\n"
)
RULES = (
    "某市养老办法\n2014年1月1日 某市人民政府公布\n"
    "第一条 根据《中华人民共和国养老法》和《某省办法》（某政发〔2013〕5号），制定本办法。\n"
    "第二条 依照《养老法》第二条、第九条办理，填写《入住申请表》。\n第三条 依照某省办法第一条办理。\n"
)
NOTICE = "关于医养结合的通知\n国卫老龄发〔2024〕40号\n一、按照《养老法》办理。\n二、按照《关于服务的通知》办理。\n"
SAME_TITLE = "关于服务的通知\n{number}\n一、做好服务。\n"


@pytest.fixture(scope="module")
def library() -> Library:
    return library_of(
        (
            document_of("law-2013", LAW_2013),
            document_of("law-2025", LAW_2025),
            document_of("rules", RULES),
            document_of("notice", NOTICE),
            document_of("service-1", SAME_TITLE.format(number="甲发〔2023〕1号")),
            document_of("service-2", SAME_TITLE.format(number="乙发〔2023〕2号")),
        )
    )


def outgoing(library: Library, document_id: str) -> list[tuple[str, Target | None]]:
    text = library.get(document_id).text
    return [
        (text[link.reference.start : link.reference.end], link.target) for link in library.links.outgoing[document_id]
    ]


def test_a_text_is_resolved_to_its_newest_version(library: Library) -> None:
    assert outgoing(library, "notice")[0] == ("《养老法》", Target("law-2025", None))


def test_an_article_is_resolved_to_the_version_that_its_number_was_taken_from(library: Library) -> None:
    assert outgoing(library, "rules") == [
        ("《中华人民共和国养老法》", Target("law-2025", None)),
        ("《某省办法》（某政发〔2013〕5号）", None),
        ("《养老法》第二条", Target("law-2013", "2")),
        ("第九条", Target("law-2013", None)),  # has the text, and no such article
        ("《入住申请表》", None),
        ("某省办法第一条", None),
    ]


def test_an_article_of_a_text_revised_later_is_marked(library: Library) -> None:
    alone = library_of((library.get("law-2025"), library.get("rules")))
    targets = [target for _, target in outgoing(alone, "rules") if target]
    assert targets[1] == Target("law-2025", "2", revised=True)


def test_what_is_not_clear_is_not_resolved_and_listed_with_what_it_may_be(library: Library) -> None:
    link = library.links.outgoing["notice"][1]
    assert (link.target, link.candidates) == (None, ("service-1", "service-2"))


def test_a_number_decides_and_another_number_is_another_text(library: Library) -> None:
    catalogue = library.catalogue
    assert catalogue.find("关于服务的通知", "乙发[2023]2号") == ("service-2",)
    assert catalogue.find("关于医养结合的通知", "国卫老龄发〔2024〕40号") == ("notice",)
    assert catalogue.find("关于医养结合的通知", "国卫老龄发〔2023〕9号") == ()
    assert catalogue.find("关于医养结合的通知") == ("notice",)


def test_an_older_version_is_known_by_its_number() -> None:
    text = "第一条 为规范，制定本办法。\n第二条 《某办法》（某政发〔2015〕1号）同时废止。\n"
    new = document_of("new", text, title="某办法", document_number="某政发〔2024〕3号")
    old = document_of("old", "第一条 旧。\n", title="某办法", document_number="某政发〔2015〕1号")
    assert outgoing(library_of((new, old)), "new") == [("《某办法》（某政发〔2015〕1号）", Target("old", None))]


def test_the_other_direction(library: Library) -> None:
    incoming: tuple[Link, ...] = library.links.incoming["law-2013"]
    assert [(link.reference.document_id, link.reference.article_id) for link in incoming] == [
        ("rules", "2"),
        ("rules", "2"),
    ]
    assert [link.reference.document_id for link in library.links.incoming["law-2025"]] == ["rules", "notice"]
    assert library.links.incoming["notice"] == ()


def test_what_the_library_does_not_have(library: Library) -> None:
    (missing,) = library.links.missing()  # the form is a paper, the two notices are at hand
    assert (missing.title, missing.document_number, missing.count) == ("某省办法", "某政发〔2013〕5号", 2)
    assert missing.document_ids == ("rules",)


def test_missing_texts_come_most_cited_first() -> None:
    text = "某通知\n一、按照《甲规定》《乙规定》办理。\n二、按照《乙规定》办理。\n"
    missing = library_of((document_of("one", text), document_of("two", text))).links.missing()
    assert [(each.title, each.count, each.document_ids) for each in missing] == [
        ("乙规定", 4, ("one", "two")),
        ("甲规定", 2, ("one", "two")),
    ]


def test_the_five_documents_name_each_other() -> None:
    links = load_library().links
    assert [(link.reference.document_id, link.reference.article_id) for link in links.incoming["national-2024-40"]] == [
        ("national-2025-8", "0")
    ]
    named = {missing.title: missing.document_number for missing in links.missing()}
    assert named["养老机构护理站基本标准（试行）"] == "国卫医发〔2014〕57号"
    assert "医疗机构执业许可证" not in named


@pytest.mark.parametrize(
    "sign", ["《", "《某》", "第一条、", "第三条至", "本办法第一条", "（一）、", "《甲》（", "依照甲法第一条"]
)
def test_any_text_is_read_in_bounded_time(sign: str) -> None:
    document = plain((sign * 60_000)[:60_000])
    began = time.perf_counter()
    assert all(isinstance(each, Reference) for each in (*references(document), *self_references(document)))
    assert time.perf_counter() - began < 10


# ---------------------------------------------------------------- real statutes


@pytest.fixture(scope="module")
def statutes() -> Library:
    if not SHARED.exists():
        pytest.skip("../shared/library is not on this machine")
    documents = []
    for folder in ("national", "local"):
        for number, path in enumerate(sorted((SHARED / folder).glob("*.txt"))):
            text = clean(read(path).text).text
            provisions = parse(text)
            documents.append(
                PolicyDocument(f"{folder}-{number}", metadata_of(text, provisions, path.stem), text, provisions)
            )
    return library_of(tuple(documents))


def titled(library: Library, title: str) -> str:
    (document_id,) = library.catalogue.find(title)
    return document_id


def test_real_references_lead_where_a_reader_would_look(statutes: Library) -> None:
    rules = titled(statutes, "河南省工伤保险条例")
    national = titled(statutes, "工伤保险条例")
    found = dict(outgoing(statutes, rules))
    assert found["《工伤保险条例》第三十四条"] == Target(national, "34")
    food = titled(statutes, "食品安全法")
    articles = {target.article_id for _, target in outgoing(statutes, titled(statutes, "食品安全法实施条例")) if target}
    assert {"123", "124", "125", "126", "140.5"} <= articles
    assert len(statutes.links.incoming[food]) > 30


def test_real_references_measured(statutes: Library) -> None:
    links = [link for links in statutes.links.outgoing.values() for link in links]
    own = [link for link in links if link.reference.own]
    inside = [link for link in links if link.target and link.reference.pointer]
    assert len(links) > 900
    assert len(own) > 100
    assert all(link.target and link.target.article_id for link in own)
    assert sum(link.target.article_id is not None for link in inside if link.target) / len(inside) > 0.98
    words = [statutes.get(each.reference.document_id).text[each.reference.start : each.reference.end] for each in links]
    assert all(re.search(r"第|《|[（(]", each) for each in words)


def test_old_rules_do_not_quote_a_new_law_as_if_it_were_the_old_one(statutes: Library) -> None:
    drug_rules = titled(statutes, "药品管理法实施条例")  # of 2002, amended; the law was wholly revised in 2019
    targets = [
        link.target for link in statutes.links.outgoing[drug_rules] if link.reference.pointer and not link.reference.own
    ]
    known = [target for target in targets if target]
    assert known
    assert all(target.revised for target in known)


def test_a_local_text_is_not_taken_for_the_national_one(statutes: Library) -> None:
    reference = Reference("献血条例", None, "1", 0, 6, titled(statutes, "上海市献血条例"))
    assert candidates(reference, statutes.catalogue) == ()
