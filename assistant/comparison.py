"""Two subjects set side by side: «示范县和示范机构的名额一样吗» is the same question twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import rjieba

from assistant.questions import Understanding, type_of

_AND = frozenset({"和", "跟", "与", "同", "及", "、", "对比", "比"})
_LONGEST = 3
"""Words of a subject's name."""
_PART_OF_A_NAME = ("n", "j", "v", "a", "b", "l", "i", "m")
_ASKING = frozenset({"多久", "多少", "多长", "多大", "几"})
_CLAUSE_END = re.compile(r"[，。；,;、？?！!]")
_LEAST = 4
"""Characters of a clause that can be a question of its own."""


def subjects_compared(asked: Understanding) -> tuple[Understanding, ...]:
    """The question put to each of the two subjects it names; empty where it names no two."""
    words = rjieba.tag(asked.wording)
    for place, (word, _) in enumerate(words):
        if word not in _AND:
            continue
        left, right = _name(words[:place][::-1])[::-1], _name(words[place + 1 :])
        if left and right:
            first, second = place - len(left), place + 1 + len(right)
            return (
                _put_to(asked, (*words[:first], *left, *words[second:])),
                _put_to(asked, (*words[:first], *right, *words[second:])),
            )
    return _clause_by_clause(asked)


def _clause_by_clause(asked: Understanding) -> tuple[Understanding, ...]:
    """«示范县不许出的是啥事，示范机构不许出的又是啥事»: the last two clauses, each after those that set the scene."""
    clauses = [clause.strip() for clause in _CLAUSE_END.split(asked.wording) if len(clause.strip()) >= _LEAST]
    if len(clauses) < 2:
        return ()
    scene = "，".join(clauses[:-2])
    return tuple(
        replace(asked, wording=f"{scene}，{clause}".strip("，"), focus=clause, sought=type_of(clause)[0])
        for clause in clauses[-2:]
    )


def _name(words: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The words next to a conjunction that make up a name: up to three, a noun among them."""
    name: list[tuple[str, str]] = []
    for word in words[:_LONGEST]:
        if word[0] in _ASKING or not word[1].startswith(_PART_OF_A_NAME):
            break
        name.append(word)
        if len(name) > 1 and word[1].startswith("v"):
            name.pop()
            break
    return name if any(tag.startswith(("n", "j")) for _, tag in name) else []


def _put_to(asked: Understanding, words: Sequence[tuple[str, str]]) -> Understanding:
    return replace(asked, wording="".join(word for word, _ in words))
