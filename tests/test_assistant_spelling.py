"""Words typed by their sound are put right; what somebody may have meant is left alone."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.glossary import Glossary, load_glossary
from assistant.questions import MAX_QUESTION, normalise
from assistant.spelling import LONGEST, Spelling
from corpus.library import Library, library_of, load_library

SPELLING = Spelling.of(load_library(), load_glossary())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("安宁聊护是什么", "安宁疗护是什么"),
        ("双像转诊怎么转", "双向转诊怎么转"),
        ("家亭医生签约", "家庭医生签约"),
        ("加庭病床谁来管", "家庭病床谁来管"),
        ("养老护里员要培训吗", "养老护理员要培训吗"),
        ("医保订点要多久", "医保定点要多久"),
        ("康富科要几张床", "康复科要几张床"),
        ("长宁医养结和的目标", "长宁医养结合的目标"),
        ("养老机够内设医务室", "养老机构内设医务室"),
        ("压疮发生律多少", "压疮发生率多少"),
        ("心里健康讲坐", "心理健康讲座"),
        ("彩飘公益金能用吗", "彩票公益金能用吗"),
        # sounds that an input method lets one type for each other: h, ng
        ("四范县多久评一次", "示范县多久评一次"),
        ("示范机构老人满意渡", "示范机构老人满意度"),
        # places
        ("大性区养老院", "大兴区养老院"),
        ("大星有没有家庭病床", "大兴有没有家庭病床"),
        ("长拧的养老院", "长宁的养老院"),
        # several in one question
        ("大星有没有家廷病窗", "大兴有没有家庭病床"),
        ("主体则任和组织领道", "主体责任和组织领导"),
    ],
)
def test_put_right(typed: str, meant: str) -> None:
    assert SPELLING.corrected(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        # said rightly
        "养老机构内设医务室至少配几名医生？",
        "消防演练多久一次",
        "安宁疗护怎么收费",
        "老年痴呆的老人有没有专门的床位",
        # words of the language that no document has, though they sound like its words
        "意定监护怎么办理",
        "那总的目标是到哪一年",
        "给补点不",
        "全国示范创建的目的",
        "老人生病了怎么办",
        "现在还能报名吗",
        "没做罚不罚",
        "限在多少以内",
        # places and names that are not at hand
        "朝阳区的养老院",
        "常宁市的养老院",
        "王大兴在不在",
        # other writings
        "AI看护 100张床 5%",
        "yiyang jiehe",
        "？！……",
        "",
    ],
)
def test_left_alone(question: str) -> None:
    assert SPELLING.corrected(question) == question


def test_everything_the_documents_say_is_left_alone(library: Library) -> None:
    """Whatever is printed, a clause of it at a time, as people paste it."""
    clauses = [clause for document in library for line in document.text.split("\n") for clause in line.split("，")]
    changed = [(clause, now) for clause in clauses if (now := SPELLING.corrected(clause)) != clause]
    assert changed == []


def test_anticipated_questions_are_left_alone(library: Library) -> None:
    asked = [each.question for questions in library.anticipated.values() for each in questions]
    assert [each for each in asked if SPELLING.corrected(each) != each] == []


def test_put_right_once_is_put_right(library: Library) -> None:
    for typed in ("大星有没有家廷病窗", "示范几构入住律", "医养结合机够名单由谁公部"):
        meant = SPELLING.corrected(typed)
        assert meant != typed
        assert SPELLING.corrected(meant) == meant


def test_a_term_comes_with_its_document(library: Library) -> None:
    """A library without the word does not put it right."""
    typed = "长拧的养老院"
    assert SPELLING.corrected(typed) == "长宁的养老院"
    without = library_of((library.get("daxing-2026-22"),))
    assert Spelling.of(without, load_glossary()).corrected(typed) == typed


def test_two_words_of_one_sound_are_not_chosen_between() -> None:
    glossary = Glossary({"复诊": ("复诊",), "腹疹": ("腹疹",)}, {}, frozenset())
    ambiguous = Spelling.of(library_of(()), glossary)
    assert ambiguous.corrected("富诊") == "富诊"
    clear = Spelling.of(library_of(()), replace(glossary, terms={"复诊": ("复诊",)}))
    assert clear.corrected("富诊") == "复诊"


def test_an_empty_library_puts_nothing_right() -> None:
    empty = Spelling.of(library_of(()), Glossary({}, {}, frozenset()))
    assert empty.corrected("安宁聊护") == "安宁聊护"


HOSTILE = {
    "one character": "医" * MAX_QUESTION,
    "slips": ("医养聊护机够" * MAX_QUESTION)[:MAX_QUESTION],
    "a question": ("养老机够内设医务市至少配几名医声？" * MAX_QUESTION)[:MAX_QUESTION],
    "rare characters": "鿿龘𠮷㐀" * (MAX_QUESTION // 4),
    "figures": "1" * MAX_QUESTION,
    "signs": "，。" * (MAX_QUESTION // 2),
}


@pytest.mark.parametrize("question", HOSTILE.values(), ids=HOSTILE)
def test_the_longest_question_takes_no_time(question: str) -> None:
    began = perf_counter()
    assert len(SPELLING.corrected(question)) == len(question)
    assert perf_counter() - began < 2


CHARACTERS = st.text(
    alphabet=st.sampled_from("医养结合机构聊护像向大性兴区安宁长拧的在 a1，鿿𠮷㐀\ud800\0\n") | st.characters(),
    max_size=60,
)


@given(CHARACTERS)
@settings(max_examples=150, deadline=None)
def test_any_text_keeps_its_length_and_its_other_characters(question: str) -> None:
    plain = normalise(question)
    now = SPELLING.corrected(plain)
    assert len(now) == len(plain)
    for before, after in zip(plain, now, strict=True):
        assert before == after or "\u4e00" <= before <= "\u9fff"


def test_no_term_is_longer_than_what_is_looked_for() -> None:
    assert SPELLING.terms
    assert all(2 <= len(term) <= LONGEST for term in SPELLING.terms.values())
