"""Follow-ups become questions that stand on their own; questions that do stand are left alone."""

from __future__ import annotations

import pytest

from assistant.answers import Turn
from assistant.conversation import resolve
from assistant.glossary import load_glossary
from corpus.library import Library

DOCTORS = "养老机构内设医务室至少配几名医生？"


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        (DOCTORS, "那护士呢？", "养老机构内设医务室至少配几名护士？"),
        ("长宁的养老院能打点滴吗？", "大兴呢？", "大兴的养老院能打点滴吗？"),
        ("大兴养老院的大夫能去哪儿进修？", "国家文件里怎么说的", "国家的养老院的大夫能去哪儿进修？"),
        ("全国示范县几年评一次？", "那机构呢", "全国示范机构几年评一次？"),
        ("骗保归谁管", "查实了会怎么处理？", "骗保归谁管，查实了会怎么处理？"),
        ("我们想评全国示范机构，要开够几年？", "入住率呢", "我们想评全国示范机构，入住率"),
        # put to the article just looked up
        ("长宁方案第14条", "谁负责？", "长宁方案第14条，谁负责？"),
        # something else in the same place; something else asked of it
        ("大兴的心理讲座一年几次？", "那给家属上的健康课呢", "大兴给家属上的健康课，几次"),
        ("大兴的心理讲座一年几次？", "那健康课由谁来上？", "大兴健康课由谁来上"),
        ("骗保怎么查", "在大兴这归谁", "大兴的骗保怎么查，在这归谁"),
        ("国家40号文管不管老人自己带来的药", "大兴呢", "大兴的管不管老人自己带来的药"),
        # the same of another place, and of a district with its province before it
        ("长宁的养老院能打点滴吗？", "国家也这么规定吗", "国家的养老院能打点滴吗？"),
        ("长宁的养老院能打点滴吗？", "大兴有没有同样的要求？", "大兴的养老院能打点滴吗？"),
        ("北京大兴的养老院能打点滴吗？", "上海长宁是不是也一样", "上海长宁的养老院能打点滴吗？"),
        ("北京大兴的养老院能打点滴吗？", "国家也要求备案吗", "国家的养老院能打点滴吗，也要求备案吗"),
        # questions of their own
        (DOCTORS, "家庭医生签约服务覆盖率要达到多少？", "家庭医生签约服务覆盖率要达到多少？"),
        (DOCTORS, "长宁方案第14条", "长宁方案第14条"),
        (DOCTORS, "上门费收不收", "上门费收不收"),
        (DOCTORS, "八段锦", "八段锦"),
        (DOCTORS, "谢谢你啊", "谢谢你啊"),
        (DOCTORS, "40号文谁发的", "40号文谁发的"),
    ],
)
def test_resolve(before: str, question: str, resolved: str, library: Library) -> None:
    assert resolve(question, (Turn(before),), library, load_glossary()) == resolved


def test_courtesies_are_not_what_a_follow_up_follows(library: Library) -> None:
    assert (
        resolve("那护士呢？", (Turn(DOCTORS), Turn("谢谢")), library, load_glossary())
        == "养老机构内设医务室至少配几名护士？"
    )


CITED = (("changning-2025-2", "2.1.2"),)


@pytest.mark.parametrize(
    ("question", "resolved"),
    [
        ("原文给我看看", "长宁方案二、（一）2."),
        ("把那条的原文发我", "长宁方案二、（一）2."),
        ("第二条呢", "长宁方案第二条呢"),
        ("这是哪个文件", "长宁方案全称叫什么？"),
        ("后面有附件没", "长宁方案后面有附件没"),
        # near misses: other questions that speak of originals, documents, numbers
        ("原文件要不要盖章", "原文件要不要盖章"),
        ("40号文第二条呢", "40号文第二条呢"),
        ("大兴第二条呢", "大兴第二条呢"),
    ],
)
def test_what_a_turn_points_at_in_the_answer_before(question: str, resolved: str, library: Library) -> None:
    assert resolve(question, (Turn(DOCTORS, CITED),), library, load_glossary()) == resolved


def test_nothing_before_nothing_changed(library: Library) -> None:
    assert resolve("那护士呢？", (), library, load_glossary()) == "那护士呢？"
