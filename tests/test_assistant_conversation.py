"""Follow-ups become questions that stand on their own; questions that do stand are left alone."""

from __future__ import annotations

import pytest

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
        # an article looked up is not what the next question is about, its document is
        ("长宁方案第14条", "谁负责？", "长宁方案，谁负责？"),
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
    assert resolve(question, (before,), library, load_glossary()) == resolved


def test_courtesies_are_not_what_a_follow_up_follows(library: Library) -> None:
    assert resolve("那护士呢？", (DOCTORS, "谢谢"), library, load_glossary()) == "养老机构内设医务室至少配几名护士？"


def test_nothing_before_nothing_changed(library: Library) -> None:
    assert resolve("那护士呢？", (), library, load_glossary()) == "那护士呢？"
