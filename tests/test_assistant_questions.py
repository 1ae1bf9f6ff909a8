"""What is understood of a question: type, places, documents, address; tables with near-misses beside them."""

from __future__ import annotations

import pytest

from assistant.answers import QuestionType as Type
from assistant.places import places_in
from assistant.questions import Field, normalise, understand
from corpus.library import Library


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("養老機構內設醫務室至少配幾名醫生？", "养老机构内设医务室至少配几名医生？"),
        ("  长宁\n方案　第１４条 ", "长宁 方案 第14条"),
        ("消防\u200b演练\u202e多久一次", "消防演练多久一次"),
        ("ＡＩ看护", "AI看护"),
        ("“医养结合”（试行）：可以吗？", "“医养结合”（试行）：可以吗？"),
        ("\ud800坏字符", "坏字符"),
        ("", ""),
    ],
)
def test_normalise(typed: str, plain: str) -> None:
    assert normalise(typed) == plain


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("医务室最少要几个大夫", Type.QUANTITY),
        ("消防演练多久一次", Type.QUANTITY),
        ("老人得褥疮的比例不能超过百分之几", Type.QUANTITY),
        ("要开够几年？", Type.QUANTITY),
        ("什么时候要把医养机构都弄进医联体？", Type.DEADLINE),
        ("过多久才能去申请医保", Type.DEADLINE),
        ("养老院里能给老人挂水吗？", Type.PERMISSION),
        ("想开个门诊部，要不要审批？", Type.PERMISSION),
        ("收费谁说了算", Type.RESPONSIBILITY),
        ("有人骗保，哪个部门来查？", Type.RESPONSIBILITY),
        ("要报给谁？", Type.RESPONSIBILITY),
        ("材料怎么报上去？", Type.PROCEDURE),
        ("能开哪些科？", Type.LIST),
        ("两边的要求有啥不一样？", Type.COMPARISON),
        ("安宁疗护", Type.GENERAL),
        # the last clause that asks decides, the ones before set the scene
        ("哪些养老院算医养结合的，名单谁来公布", Type.RESPONSIBILITY),
        ("骗保归谁管，查实了会怎么处理？", Type.PROCEDURE),
    ],
)
def test_type(question: str, kind: Type, library: Library) -> None:
    assert understand(question, library).type is kind


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("大兴的养老院", ["北京市大兴区"]),
        ("北京大兴医养机构", ["北京市大兴区"]),
        ("上海长宁区的门诊部", ["上海市长宁区"]),
        ("大兴跟长宁有啥不一样", ["北京市大兴区", "上海市长宁区"]),
        ("朝阳区的养老院", ["北京市朝阳区"]),
        ("广州的养老院", ["广东省广州市"]),
        ("宜宾长宁县", ["四川省宜宾市长宁县"]),
        ("全国示范县", ["全国"]),
        ("**市**区那个方案", ["**市**区"]),
        ("某区的方案", ["**市**区"]),
        # near-misses: 社区, 市区, 兴国, 和平 as words
        ("社区医院的大夫", []),
        ("本市市区的病区", []),
        ("和平相处", []),
        ("健康管理", []),
    ],
)
def test_places(question: str, names: list[str], library: Library) -> None:
    assert [place.full_name for place in places_in(question, library)] == names


@pytest.mark.parametrize(
    ("question", "document_ids", "numbers"),
    [
        ("长宁方案第14条", ["changning-2025-2"], (14,)),
        ("长民〔2025〕2号第14条", ["changning-2025-2"], (14,)),
        ("长民(2025)2号 第十四条", ["changning-2025-2"], (14,)),
        ("长民2025年2号第14条", ["changning-2025-2"], (14,)),
        ("40号文第十一条", ["national-2024-40"], (11,)),
        ("京兴政卫发22号第（十五）条", ["daxing-2026-22"], (15,)),
        ("国卫老龄发〔2025〕8号 四（五）写的啥？", ["national-2025-8"], (4, 5)),
        ("示范方案三、（二）5.", ["national-2025-8"], (3, 2, 5)),
        ("长宁方案2.1.2", ["changning-2025-2"], (2, 1, 2)),
        ("**市**区实施方案第11条原文", ["anonymous-district-plan"], (11,)),
        ("《关于促进医养结合服务高质量发展的指导意见》第三条", ["national-2024-40"], (3,)),
        ("《关于促进医养结合服务高质量发展的指导意见》第四部分（十一）", ["national-2024-40"], (4, 11)),
        ("长宁方案14条", ["changning-2025-2"], (14,)),
        ("长宁方案第十四", ["changning-2025-2"], (14,)),
        ("大兴措施(八)", ["daxing-2026-22"], (8,)),
        # near-misses
        ("长宁方案第十十条", ["changning-2025-2"], None),
        ("每床不少于1.5平方米吗", [], None),
        ("140号文第3条", [], (3,)),
        ("京兴政卫发122号", [], None),
        ("100张床要不要设医务室", [], None),
        ("比例是2.5%吗", [], None),
    ],
)
def test_address(question: str, document_ids: list[str], numbers: tuple[int, ...] | None, library: Library) -> None:
    asked = understand(question, library)
    assert list(asked.document_ids) == document_ids
    assert (asked.addresses[0].numbers if asked.addresses else None) == numbers


@pytest.mark.parametrize(
    ("question", "document_id", "field"),
    [
        ("长宁那个方案是哪天发的", "changning-2025-2", Field.ISSUED_ON),
        ("大兴这个医养的文件是哪几家一起发的？", "daxing-2026-22", Field.ISSUERS),
        ("国家五个部门发的那个高质量发展的意见，文号多少", "national-2024-40", Field.DOCUMENT_NUMBER),
        ("40号文现在还有效吗？", "national-2024-40", Field.STATUS),
        ("某区那个方案是照着国办哪个文来的", "anonymous-district-plan", Field.BASIS),
    ],
)
def test_document_facts(question: str, document_id: str, field: Field, library: Library) -> None:
    asked = understand(question, library)
    assert (asked.type, asked.document_ids, asked.fields[:1]) == (Type.FACT, (document_id,), (field,))


def test_two_facts_of_a_head_at_once(library: Library) -> None:
    asked = understand("长宁那个文是哪几家发的，啥时候发的", library)
    assert asked.fields == (Field.ISSUERS, Field.ISSUED_ON)


@pytest.mark.parametrize(
    ("question", "mentions"),
    [
        ("哪些条款讲到安宁疗护", True),
        ("把讲安宁疗护的条款都找出来", True),
        ("哪些文件写了中医适宜技术", True),
        # near misses
        ("40号文讲了哪些内容", False),
        ("哪些人能享受免费体检", False),
        ("哪些条件才能申报", False),
    ],
)
def test_questions_for_what_speaks_of_something(question: str, mentions: bool, library: Library) -> None:
    assert understand(question, library).mentions is mentions


@pytest.mark.parametrize(
    ("question", "document_id"),
    [
        ("大兴那个22号文主要讲了些啥？", "daxing-2026-22"),
        ("全国示范的那个工作方案大概说了哪几块", "national-2025-8"),
        ("长宁方案的主要内容", "changning-2025-2"),
    ],
)
def test_outline(question: str, document_id: str, library: Library) -> None:
    asked = understand(question, library)
    assert (asked.type, asked.document_ids) == (Type.OUTLINE, (document_id,))


def test_a_subject_beside_the_document_is_no_outline(library: Library) -> None:
    assert understand("大兴22号文里消防演练说了什么", library).type is not Type.OUTLINE
