"""Facts of clauses: numbers, frequencies, deadlines, operative words, bodies; and the texts they name."""

from __future__ import annotations

from time import process_time

import pytest

from corpus.figures.requirements import Fact, FactKind, Force, facts
from corpus.library import load_library
from corpus.provisions import PolicyDocument
from corpus.relations.references import references

LIBRARY = load_library()


def found(text: str, kind: FactKind) -> list[str]:
    return [text[fact.start : fact.end] for fact in facts(text, 0, len(text)) if fact.kind is kind]


# Words of the five documents, with near-misses beside them, and what they say.
QUANTITIES = [
    ("至少配置1名主执业点医师和1名注册护士。", ["1名主执业点医师", "1名注册护士"]),
    ("原则上一定规模（100张及以上床位）的养老机构", ["100张及以上床位"]),
    ("100 张床位以下，不具备条件的", ["100 张床位以下"]),
    ("100张床位以上的养老机构应设立医务室", ["100张床位以上"]),
    ("家庭医生签约覆盖率不低于80%。", ["不低于80%"]),
    ("压疮新发生率控制在5%以内。", ["控制在5%以内"]),
    ("入住失能、失智老年人占比超过65%。", ["超过65%"]),
    ("入住老年人及家属满意度调查结果在95%及以上。", ["95%及以上"]),
    ("运营满5年及以上（以取得资质时间为准），近2年入住率", ["满5年及以上", "近2年"]),
    ("对65周岁及以上已签约的老人", ["65周岁及以上"]),
    ("建立老年人30分钟医疗康复养老服务圈", ["30分钟"]),
    ("推进“15分钟社区美好生活圈”", ["15分钟"]),
    ("每次命名100个左右，", ["100个左右"]),
    ("提供一次集中上门健康管理服务", ["一次"]),
    ("步行2.5公里以内", ["2.5公里以内"]),
    # ranges, large numbers, numbers in words, ratios
    ("每千名老年人拥有养老床位数达到35-40张", ["达到35-40张"]),
    ("投入资金1.5亿元", ["1.5亿元"]),
    ("基金最高支付限额为1,000元", ["1,000元"]),
    ("福利彩票公益金百分之五十五以上应当用于", ["百分之五十五以上"]),
    ("处三万元以上十万元以下的罚款", ["三万元以上", "十万元以下"]),
    ("按照每百户不低于二十平方米的标准", ["不低于二十平方米"]),
    ("人均用地不少于零点二平方米", ["不少于零点二平方米"]),
    ("六十五周岁以上老年人", ["六十五周岁以上"]),
    ("规模在五百张床位以上的养老机构", ["五百张床位以上"]),
    ("护理员与失能老年人的比例不低于1:4", ["1:4"]),
    ("二级以上综合医院开设老年病科", ["二级以上"]),
    ("测评得分不低于60分", ["不低于60分"]),
    ("每次不少于半天", ["不少于半天"]),
    # near-misses: ordinals, dates, numbers of documents and of grades in words
    ("给予一次性建设补贴", []),
    ("打通“最后一公里”", []),
    ("开展3分类试点", []),
    ("（2024--2025年）", []),
    ("在第十五次全国民政会议的重要指示精神", []),
    ("第三次会议", []),
    ("唯一次序", []),
    ("2024年12月12日", []),
    ("到2027年底，实现签约全覆盖", []),
    ("2030年完成创建工作", []),
    ("（国卫老龄发〔2024〕40号）", []),
    ("（沪卫老龄〔2020〕004号）", []),
    ("二级及以上综合性医院", ["二级及以上"]),
    ("党的二十届三中全会精神", []),
    ("一体化的健康养老服务", []),
]
FREQUENCIES = [
    ("每月至少开展1次健康教育", ["每月至少开展1次"]),
    ("每半年至少开展1次消防演练", ["每半年至少开展1次"]),
    ("示范机构每2年评估一次", ["每2年评估一次"]),
    ("探索实施每年一次约定的免费健康体检", ["每年一次"]),
    ("每年免费提供一次生活方式", ["每年免费提供一次"]),
    ("每周安排医务人员到签约养老机构", ["每周"]),
    ("定期通报进展情况，适时开展督查", ["定期", "适时"]),
    ("常态化开展风险隐患自查自纠", ["常态化"]),
    ("要第一时间整改到位", ["第一时间"]),
    ("应及时向卫生健康行政部门报告", ["及时"]),
    ("不定期开展抽查", ["不定期"]),
    ("每两天对老年人进行一次查巡", ["每两天对老年人进行一次"]),
    ("消防演练2次/年", ["2次/年"]),
    ("一年至少两次", ["一年至少两次"]),
    ("每个月至少组织一次", ["每个月至少组织一次"]),
    # near-misses
    ("第一年两次", []),
    ("稳定期生活照料", []),
    ("固定期限合同", []),
    ("每个老年人", []),
    ("每张床位", []),
    ("3年内不得申请", []),
]
DEADLINES = [
    ("到2027年底，医养联合体有效运行", ["到2027年底"]),
    ("到 2027年底，", ["到 2027年底"]),
    ("正式运营3个月后即可提出定点申请", ["3个月后"]),
    ("定点评估完成时限不超过3个月。", ["不超过3个月"]),
    ("且3年内不得申请创建", ["3年内"]),
    ("2030年完成创建工作", ["2030年"]),
    ("2026年3月30日前报送", ["2026年3月30日前"]),
    ("每年12月20日前报送年度总结", ["12月20日前"]),
    ("应当在2小时内报告", ["2小时内"]),
    ("应当于二十四小时内报告", ["二十四小时内"]),
    ("自受理之日起十五个工作日内", ["十五个工作日内"]),
    ("医疗废物暂时贮存的时间不得超过2天", ["不得超过2天"]),
    # near-misses
    ("每日工作8小时", []),
    ("《医养结合示范项目工作方案（2025年版）》", []),
    ("每年在检查中", []),
    ("年内", []),
]
OPERATIVES = [
    ("养老机构不得使用“医养结合”的名称", [("不得", Force.FORBIDDEN)]),
    ("举办养老机构应及时向区卫生健康委报告", [("应", Force.REQUIRED)]),
    ("管理人员应当具备相关管理经验", [("应当", Force.REQUIRED)]),
    ("所有人员均须按照国家相关法律法规规定持证上岗", [("均须", Force.REQUIRED)]),
    ("医养结合机构要落实入住评估制度", [("要", Force.REQUIRED)]),
    ("养老机构应设尽设", [("应设尽设", Force.REQUIRED)]),
    ("要严格执行安全生产规定", [("严格", Force.REQUIRED)]),
    ("原则上均要纳入紧密型医联体", [("原则上均要", Force.PRINCIPLE)]),
    ("原则上社区卫生服务中心每周安排", [("原则上", Force.PRINCIPLE)]),
    ("可以开设全科、内科", [("可以", Force.PERMITTED)]),
    ("养老机构可将内设医疗机构托管", [("可", Force.PERMITTED)]),
    ("鼓励达到医务室级别", [("鼓励", Force.ENCOURAGED)]),
    ("支持有条件的医疗机构举办养老机构", [("支持", Force.ENCOURAGED)]),
    ("优先推荐符合以下条件的机构", [("优先", Force.ENCOURAGED)]),
    ("试点探索“居家医养”新模式", [("试点探索", Force.EXPLORED)]),
    ("探索人工智能的应用", [("探索", Force.EXPLORED)]),
    (
        "鼓励有偿签约，不得强制，可自愿选择",
        [("鼓励", Force.ENCOURAGED), ("不得", Force.FORBIDDEN), ("可", Force.PERMITTED)],
    ),
    # near-misses: the same signs inside other words
    ("起到示范引领、辐射带动效应", []),
    ("制定相应的政策体系", []),
    ("已具备的相应资质和条件", []),
    ("完善应急预案，在应急响应方面", []),
    ("配备适应工作需要的医护人员", []),
    ("应用针刺、推拿", []),
    ("出台支持政策，加强业务支持和督促", []),
    ("多层次加强医养结合政策支持", []),
    ("未取得《医疗机构执业许可证》", []),
    ("群众认可，评价良好", []),
    ("具有可持续发展的潜力", []),
    ("主要措施和重要意义", []),
    ("各类需要的关键要素", []),
]
BODIES = [
    ("（区卫生健康委、区民政局）", ["区卫生健康委", "区民政局"]),
    ("北京市大兴区卫生健康委员会", ["区卫生健康委员会"]),
    ("国家卫生健康委对推荐单位组织开展评估验收", ["国家卫生健康委"]),
    ("逐级报送至省级卫生健康委。", ["省级卫生健康委"]),
    ("各级卫生健康行政部门要落实", ["各级卫生健康行政部门"]),
    ("向卫生健康行政部门（含中医药主管部门，下同）报告", ["卫生健康行政部门（含中医药主管部门，下同）"]),
    ("应向执业登记机关依法依规申请", ["执业登记机关"]),
    ("报告区疾病预防控制中心（区卫生健康监督所）", ["区疾病预防控制中心（区卫生健康监督所）"]),
    ("区人社局、区卫健委、区医保局", ["区人社局", "区卫健委", "区医保局"]),
    ("财政部门要落实相关投入政策", ["财政部门"]),
    # near-misses
    ("医疗机构和养老机构", []),
    ("为老年人提供健康教育、卫生健康服务", []),
    ("民政事业", []),
]


@pytest.mark.parametrize(("text", "expected"), QUANTITIES)
def test_quantities(text: str, expected: list[str]) -> None:
    assert found(text, FactKind.QUANTITY) == expected


@pytest.mark.parametrize(("text", "expected"), FREQUENCIES)
def test_frequencies(text: str, expected: list[str]) -> None:
    assert found(text, FactKind.FREQUENCY) == expected


@pytest.mark.parametrize(("text", "expected"), DEADLINES)
def test_deadlines(text: str, expected: list[str]) -> None:
    assert found(text, FactKind.DEADLINE) == expected


@pytest.mark.parametrize(("text", "expected"), OPERATIVES)
def test_operative_words_and_their_force(text: str, expected: list[tuple[str, Force]]) -> None:
    operative = [fact for fact in facts(text, 0, len(text)) if fact.kind is FactKind.OPERATIVE]
    assert [(text[fact.start : fact.end], fact.force) for fact in operative] == expected


@pytest.mark.parametrize(("text", "expected"), BODIES)
def test_bodies(text: str, expected: list[str]) -> None:
    assert found(text, FactKind.BODY) == expected


@pytest.mark.parametrize(
    "words", ["1", "一", "1名", "每年", "医、", "医", "一年", "超过", "到 ", "百分之", "（", "区卫生健康"]
)
def test_a_page_of_anything_is_read_in_the_time_of_a_page_of_words(words: str) -> None:
    page = words * (40_000 // len(words))
    began = process_time()
    facts(page, 0, len(page))
    assert process_time() - began < 2  # quadratic patterns took from 12 to 80 seconds here


def test_facts_come_in_order_of_place_and_lie_inside_the_range() -> None:
    text = "每年应开展2次演练。区民政局可备案。"
    end = text.index("。") + 1
    assert facts(text, 0, end) == (
        Fact(FactKind.FREQUENCY, 0, 7),
        Fact(FactKind.OPERATIVE, 2, 3, Force.REQUIRED),
        Fact(FactKind.QUANTITY, 5, 7),
    )
    assert facts(text, end, len(text))[0].span == (end, end + 4)


@pytest.mark.parametrize("document", LIBRARY, ids=lambda document: str(document.document_id))
def test_every_fact_of_the_library_is_words_of_its_article(document: PolicyDocument) -> None:
    for provision in document.walk():
        for fact in facts(document.text, provision.start, provision.end):
            words = document.text[fact.start : fact.end]
            assert provision.start <= fact.start < fact.end <= provision.end
            assert words.strip()
            assert (fact.force is not None) is (fact.kind is FactKind.OPERATIVE)


@pytest.mark.parametrize(
    ("document_id", "article_id", "named"),
    [
        (
            "changning-2025-2",
            "2.1.1",
            [
                ("医疗机构基本标准（试行）", "卫医发〔1994〕第30号"),
                ("诊所基本标准", "卫医政发〔2010〕75号"),
                ("养老机构医务室基本标准（试行）", None),
                ("养老机构护理站基本标准（试行）", "国卫医发〔2014〕57号"),
            ],
        ),
        (
            "changning-2025-2",
            "2.1.4",
            [
                ("关于深化医疗卫生机构与养老机构协议合作的通知", None),
                ("上海市社区卫生服务中心与养老服务机构签约服务管理规范（试行）", None),
            ],
        ),
        (
            "daxing-2026-22",
            "1.4",
            [
                ("关于深化医疗卫生机构与养老机构协议合作的通知", "国卫办老龄发〔2024〕26号"),
                ("医疗卫生机构与养老机构协议合作文本（参考）", None),
            ],
        ),
        ("daxing-2026-22", "4.15", [("医疗机构执业许可证", None)]),
        ("daxing-2026-22", "1.1", []),
        ("national-2024-40", "4.12", [("安全生产法", None), ("消防法", None)]),
        (
            "national-2025-8",
            "3.2.1",
            [("老年人照料设施建筑设计标准", None), ("建筑设计防火规范", None), ("无障碍设计规范", None)],
        ),
    ],
)
def test_texts_that_an_article_names(document_id: str, article_id: str, named: list[tuple[str, str | None]]) -> None:
    document = LIBRARY.get(document_id)
    here = [reference for reference in references(document) if reference.article_id == article_id]
    assert [(reference.title, reference.document_number) for reference in here] == named
    for reference in here:
        assert document.text[reference.start : reference.end].startswith(f"《{reference.title}》")
        assert (reference.document_number or "") in document.text[reference.start : reference.end]


@pytest.mark.parametrize(
    ("title", "document_number"),
    [
        # （京卫老龄〔2025〕3号，以下简称《工作措施》）
        ("关于开展医养结合促进行动推动医养结合服务高质量发展的工作措施", "京卫老龄〔2025〕3号"),
        ("关于促进医养结合服务高质量发展的指导意见", "国卫老龄发〔2024〕40号"),
        ("关于深入推进本市医养结合发展的实施意见", "沪卫老龄〔2020〕004号"),
        ("**市加快推进医疗卫生与养老服务相结合实施意见", "广康养办〔2025〕1号"),  # ASCII brackets
        ("**省养老与健康服务业发展规划(2025--2025年)", "川办发〔2025〕196号"),
        ("关于加强新时代老龄工作的意见", None),
    ],
)
def test_numbers_of_the_texts_named_in_preambles(title: str, document_number: str | None) -> None:
    named = {(reference.title, reference.document_number) for document in LIBRARY for reference in references(document)}
    assert (title, document_number) in named


def test_a_document_does_not_name_itself() -> None:
    for document in LIBRARY:
        assert document.metadata.title not in {reference.title for reference in references(document)}
