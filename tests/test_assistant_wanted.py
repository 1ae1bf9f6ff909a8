"""What a question wants by name or in numbers, and which printed facts are that."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import pytest

from assistant.answers import QuestionType as Type
from assistant.questions import MAX_QUESTION
from assistant.wanted import THINGS, UNITS, name_of, thing_asked, unit_of, unprinted, wanted_facts
from corpus.figures.requirements import FactKind, requirements
from corpus.library import Library


@dataclass(frozen=True)
class Thing:
    """How a thing is asked for, what is near that and is not, what states it, what is near that and does not."""

    asked: tuple[str, ...]
    near: tuple[str, ...]
    printed: tuple[str, ...]
    unprinted: tuple[str, ...]


EXAMPLES: dict[str, Thing] = {
    "联系电话": Thing(
        ("联系电话是多少", "投诉电话有没有", "打什么电话能问", "民政局怎么联系"),
        ("打电话预约行不行", "联系不上家属怎么办"),
        ("联系电话：021-62598765", "监督举报电话由区民政局公布"),
        ("2025年1月2日", "至少配置1名注册护士"),
    ),
    "地址": Thing(
        ("养老院在哪条路上", "登记的地址在哪", "到区民政局怎么走", "坐几路车能到"),
        ("申请程序怎么走", "走哪条绿色通道", "哪里能签约"),
        ("服务中心位于中山路", "长宁路599号"),
        ("二级及以上医疗机构", "15分钟养老服务圈"),
    ),
    "下载地址": Thing(
        ("申报表去哪下载", "能下载吗"),
        ("往下转诊怎么办", "申报表怎么填"),
        ("可在网站下载",),
        ("填写申报表并逐级上报",),
    ),
    "网址": Thing(
        ("在哪个网站报名", "关注啥公众号", "网址是多少", "用什么APP挂号"),
        ("平台由谁建", "网上能不能看病"),
        ("登录政务服务网站办理", "积极利用“卫计e通”平台"),
        ("逐级报送至省级卫生健康委",),
    ),
    "姓名": Thing(
        ("主任叫啥名", "区长是谁", "负责人叫什么", "那个护士姓什么"),
        ("负责人要有什么资质", "这病叫什么", "由谁负责", "有没有姓名登记"),
        (),
        ("区民政局局长任组长", "联系人：张三"),
    ),
    "所需材料": Thing(
        ("要交哪些材料", "带什么证件", "需要啥证明", "准备资料吗"),
        ("材料报到哪里", "谁来证明", "证明过期了怎么办"),
        ("提供营业执照等证明材料", "填写申报表"),
        ("到民政部门备案",),
    ),
    "表格或文本": Thing(
        ("填什么表", "给个模板", "有没有样表", "交哪张表"),
        ("什么表现算优秀", "填写要注意什么", "代表谁来签"),
        ("附件：重点项目分工表", "签订规范化服务协议文本"),
        ("受到表彰的集体", "发挥表率作用"),
    ),
    "定义": Thing(
        ("什么叫医养联合体", "安宁疗护是啥意思", "失能的定义是什么", "医养结合是什么样的？"),
        ("有没有意思", "什么样的机构能报", "医养联合体叫谁管"),
        ("医养结合是指医疗资源与养老资源相结合", "本办法所称养老机构"),
        ("深入推进医养结合",),
    ),
    "推荐": Thing(
        ("哪家养老院好", "哪个医院便宜一点", "推荐一家养老院", "求推荐"),
        ("哪个部门好好查一查收费", "推荐示范县要什么条件", "由谁推荐"),
        (),
        ("各省份择优推荐", "办成群众满意的养老院"),
    ),
    "工资待遇": Thing(
        ("护理员工资多少", "养老金涨不涨", "月薪能到多少"),
        ("待遇上会不会吃亏", "护理员要什么资格"),
        ("享受职工平均工资", "完善绩效分配"),
        ("在职称评定上享受同等待遇",),
    ),
    "罚款": Thing(
        ("要罚多少", "会罚款吗", "罚几万"),
        ("会不会处罚", "处分谁"),
        ("依法给予行政处罚",),
        ("取消示范县称号", "及时整改到位"),
    ),
    "时间安排": Thing(
        ("几点上班", "探视时间怎么定", "办公时间"),
        ("什么时间完成", "一天几次", "晚上能去吗"),
        ("上午8:30至11:30", "每日9时前上报"),
        ("24小时值守", "每半年至少1次"),
    ),
    "日期": Thing(
        ("几月几号截止", "几号之前报", "几号开始报名"),
        ("几号文件", "几个月能办好", "哪年完成"),
        ("每年6月底前", "2026年3月30日"),
        ("3个月内", "到2027年底"),
    ),
    "面积": Thing(
        ("建筑面积有要求吗", "一张床多少平方", "多少平米"),
        ("多大规模", "要几间房"),
        ("不少于40平方米", "人均使用面积"),
        ("100张及以上床位",),
    ),
}


def test_every_thing_has_examples() -> None:
    assert [row.name for row in THINGS] == list(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_things_by_name(name: str) -> None:
    row = next(row for row in THINGS if row.name == name)
    examples = EXAMPLES[name]
    assert [each for each in examples.asked if not row.asked.search(each)] == []
    assert [each for each in examples.near if row.asked.search(each)] == []
    assert [each for each in examples.printed if not row.printed.search(each)] == []
    assert [each for each in examples.unprinted if row.printed.search(each)] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_not_printed_is_named(name: str) -> None:
    examples = EXAMPLES[name]
    for question in examples.asked:
        for text in examples.unprinted:
            assert unprinted(question, text)
            assert unprinted(question, " ".join((text, *examples.printed))) != name or not examples.printed


def test_a_question_for_nothing_by_name() -> None:
    assert unprinted("消防演练多久一次", "养老机构每半年至少开展1次消防演练") == ""
    assert unprinted("医务室配几名医生", "") == ""


# question, the sort of number it asks for, a printed number of that sort, one that is not
NUMBERS: list[tuple[str, str, str, str]] = [
    ("联系号码多少", "联系方式", "", "12345"),
    ("一张床补多少钱", "金额", "每床补贴5000元", "100张床位"),
    ("罚几万", "金额", "处5万元罚款", "5年"),
    ("一间房多少平方", "面积", "不少于10平方米", "10张"),
    ("签约率要到多少", "比例", "不低于80%", "80名"),
    ("老人满意要多少", "比例", "95%及以上", "95人"),
    ("消防演练多久一次", "次数", "每半年至少1次", "半年"),
    ("一年要办几场", "次数", "每年至少开展2次", "2名"),
    ("医生几分钟到", "时间", "15分钟", "15天"),
    ("多少岁能免费体检", "年龄", "65周岁", "65人"),
    ("多少张床要设医务室", "床位数", "100张", "100名"),
    ("医务室配几名医生", "人数", "1名", "1张"),
    ("配多少护士", "人数", "2名", "2次"),
    ("几级医院能转型", "等级", "二级及以下", "二类"),
    ("分几种床", "种类", "五种", "五张"),
    ("赔几倍", "倍数", "3倍", "3次"),
    ("一天值多少小时", "时间", "24小时", "24天"),
    ("几年不能再报", "年限", "3年内", "3次"),
    ("多少个月能办好", "期限", "3个月", "3人"),
    ("几天内报", "期限", "5日内", "5次"),
    ("一次评多少家", "数量", "100个左右", "100%"),
    ("数量有要求吗", "数量", "任何", ""),
]


@pytest.mark.parametrize(("question", "name", "printed", "other"), NUMBERS, ids=[row[0] for row in NUMBERS])
def test_units(question: str, name: str, printed: str, other: str) -> None:
    unit = unit_of(question)
    assert unit.name == name
    assert not printed or unit.printed.search(printed)
    assert not other or not unit.printed.search(other)


def test_every_unit_has_an_example() -> None:
    assert {unit.name for unit in UNITS} <= {unit_of(question).name for question, *_ in NUMBERS}


def test_the_kind_of_thing_that_answers() -> None:
    assert thing_asked(Type.QUANTITY, "配几名医生") == (Type.QUANTITY, "人数")
    assert thing_asked(Type.PERMISSION, "能配几名医生吗") == (Type.PERMISSION, "")


@pytest.mark.parametrize(
    ("kind", "question", "text", "name"),
    [
        (Type.QUANTITY, "一张床补多少钱", "支持养老机构发展", "金额"),
        (Type.DEADLINE, "什么时候办好", "支持养老机构发展", "时间或期限"),
        (Type.QUANTITY, "联系电话是多少", "支持养老机构发展", "联系电话"),
        (Type.LIST, "要交哪些材料", "到民政部门备案", "所需材料"),
    ],
)
def test_what_is_lacking_in_a_word(kind: Type, question: str, text: str, name: str) -> None:
    assert name_of(kind, question, text) == name


# document, article, type, question, the facts that answer, in order
FACTS: list[tuple[str, str, Type, str, list[str]]] = [
    ("changning-2025-2", "2.1.2", Type.QUANTITY, "配几名医生", ["1名主执业点医师", "1名注册护士"]),
    ("changning-2025-2", "2.1.2", Type.QUANTITY, "补多少钱", []),
    ("changning-2025-2", "2.1.2", Type.DEADLINE, "什么时候配好", []),
    ("daxing-2026-22", "3.12", Type.QUANTITY, "一年办几场", ["每年", "2次"]),
    ("daxing-2026-22", "3.12", Type.QUANTITY, "要几名医生", []),
    ("daxing-2026-22", "2.8", Type.QUANTITY, "压疮的比例不超过多少", ["5%以内"]),
    ("national-2025-8", "4.5", Type.DEADLINE, "多久不能再报", ["3年内"]),
    ("national-2025-8", "2.2", Type.QUANTITY, "一次评多少家", ["100个左右"]),
    ("changning-2025-2", "2.1.2", Type.GENERAL, "医务室", []),
    ("changning-2025-2", "2.1.2", Type.PROCEDURE, "医务室怎么设", []),
]


@pytest.mark.parametrize(("document_id", "article_id", "kind", "question", "answering"), FACTS)
def test_facts_of_real_articles(
    library: Library, document_id: str, article_id: str, kind: Type, question: str, answering: list[str]
) -> None:
    document = library.get(document_id)
    found = tuple(fact for sentence in requirements(document)[article_id] for fact in sentence.facts)
    assert found
    facts = wanted_facts(kind, question, found, document.text)
    words = [document.text[slice(*fact.span)] for fact in facts]
    assert [each for each in answering if not any(each in word or word in each for word in words)] == []
    assert bool(words) is bool(answering)


# document, article, the bodies that are told something in it
TOLD: list[tuple[str, str, list[str]]] = [
    ("national-2024-40", "1.3", ["卫生健康行政部门（含中医药主管部门，下同）", "执业登记机关"]),
    ("national-2024-40", "4.14", ["辖区疾病预防控制机构"]),
    ("national-2025-8", "4.1", ["省级卫生健康委"]),
    ("national-2025-8", "4.2", ["国家卫生健康委"]),
    ("daxing-2026-22", "7.2", ["区卫健委"]),
    # bodies that act and are told nothing
    ("national-2024-40", "3.10", []),
]


@pytest.mark.parametrize(("document_id", "article_id", "bodies"), TOLD)
def test_to_whom_something_is_reported(library: Library, document_id: str, article_id: str, bodies: list[str]) -> None:
    document = library.get(document_id)
    found = tuple(fact for sentence in requirements(document)[article_id] for fact in sentence.facts)
    everyone = wanted_facts(Type.RESPONSIBILITY, "谁负责", found, document.text)
    told = wanted_facts(Type.RESPONSIBILITY, "要报给谁", found, document.text)
    assert everyone
    assert {fact.kind for fact in everyone} == {FactKind.BODY}
    assert set(told) <= set(everyone)
    assert [document.text[slice(*fact.span)] for fact in told] == bodies


HOSTILE = ["补" * MAX_QUESTION, "多久" * 250, "哪家" * 250, "到" * MAX_QUESTION, "几1" * 250, "罚多少" * 160]


@pytest.mark.parametrize("question", HOSTILE, ids=[each[:3] for each in HOSTILE])
def test_the_longest_question_takes_no_time(question: str) -> None:
    began = perf_counter()
    unit_of(question)
    unprinted(question, question * 100)
    assert perf_counter() - began < 0.5
