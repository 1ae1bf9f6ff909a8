"""Two subjects set side by side: the same question put to each."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import QuestionType as Type
from assistant.comparison import subjects_compared
from assistant.questions import MAX_QUESTION, Understanding, normalise, understand
from corpus.library import Library


def asked(question: str) -> Understanding:
    return Understanding(Type.COMPARISON, (), (), (), question, question, Type.GENERAL)


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("示范县和示范机构的名额一样吗", "示范县的名额一样吗", "示范机构的名额一样吗"),
        ("示范县跟示范机构评选条件有啥区别", "示范县评选条件有啥区别", "示范机构评选条件有啥区别"),
        ("示范县与示范机构对没出过事故的要求", "示范县对没出过事故的要求", "示范机构对没出过事故的要求"),
        ("养老院跟社区医院签约要求有啥不一样", "养老院签约要求有啥不一样", "社区医院签约要求有啥不一样"),
        ("健康课和心理课各要开几回？", "健康课各要开几回？", "心理课各要开几回？"),
        ("对比一下公办和民办机构", "对比一下公办", "对比民办机构"),
        ("医师、护士各配几名", "医师各配几名", "护士各配几名"),
    ],
)
def test_two_names_joined(question: str, first: str, second: str) -> None:
    assert [each.wording for each in subjects_compared(asked(question))] == [first, second]


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        (
            "消防演练多久一次，防火检查又是多久一次",
            [("消防演练多久一次", Type.QUANTITY), ("防火检查又是多久一次", Type.QUANTITY)],
        ),
        (
            "示范县不许出的是啥事，示范机构不许出的又是啥事",
            [("示范县不许出的是啥事", Type.GENERAL), ("示范机构不许出的又是啥事", Type.GENERAL)],
        ),
        # the scene goes before both
        (
            "我在两个区都开了院，医保什么时候给办，补贴又是归谁管",
            [
                ("我在两个区都开了院，医保什么时候给办", Type.DEADLINE),
                ("我在两个区都开了院，补贴又是归谁管", Type.RESPONSIBILITY),
            ],
        ),
    ],
)
def test_two_clauses(question: str, sides: list[tuple[str, Type]]) -> None:
    found = subjects_compared(asked(question))
    assert [(each.wording, each.sought) for each in found] == sides
    assert all(each.wording.endswith(each.focus) for each in found)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "和",
        "、、、",
        "示范县的名额有多少",
        "消防演练分别多久一次",
        "失智老人照护",
        # a conjunction that joins no names
        "我和",
        "和谁签约",
        "跟着走",
        # too short to be questions of their own
        "那呢，这呢",
    ],
)
def test_no_two_subjects(question: str) -> None:
    assert subjects_compared(asked(question)) == ()


def test_all_else_that_was_understood_stays(library: Library) -> None:
    whole = understand(normalise("大兴的医养机构，健康课和心理课各要开几回？"), library)
    sides = subjects_compared(whole)
    assert len(sides) == 2
    for each in sides:
        assert (each.places, each.document_ids, each.addresses) == (whole.places, whole.document_ids, whole.addresses)


LONG = [
    "医师和护士" * 100,
    "和" * MAX_QUESTION,
    "示范县，" * 125,
    "、医" * 250,
    "医" * MAX_QUESTION,
    "，" * MAX_QUESTION,
]


@pytest.mark.parametrize("question", LONG, ids=[each[:5] for each in LONG])
def test_the_longest_question_takes_no_time(question: str) -> None:
    began = perf_counter()
    assert len(subjects_compared(asked(question[:MAX_QUESTION]))) in {0, 2}
    assert perf_counter() - began < 1


@given(st.text(alphabet=st.sampled_from("示范县和机构跟与、，。？多久 a1\n\0") | st.characters(), max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_text(question: str) -> None:
    plain = normalise(question)
    for each in subjects_compared(asked(plain)):
        assert set(each.wording) <= set(plain) | {"，"}
