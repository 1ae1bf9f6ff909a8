"""What rules a figure: the operative word that gives it its force, and the bodies that answer for it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property

from corpus.figures.clauses import place_of
from corpus.figures.hard_figures import Figure, FigureKind
from corpus.figures.requirements import Fact, FactKind, Force, Sentence
from corpus.provisions import Provision
from corpus.structure.sentences import Span

# A body behind these is told, asked or worked with, and does not answer for what is done: 向|区民政局报告
_TOLD = re.compile(r"(?:向|至|到|报告?|报送|报经|经|与|同|会同|联合|配合|接受|会商)$")
# The bracket at a paragraph's end that names those in charge: （区卫生健康委、区民政局）, （责任单位：…）
_IN_CHARGE = re.compile(
    r"[（(](?:[^（）()：:]{0,12}[：:])?([^（）()：:]{2,200}(?:[（(][^（）()]{1,30}[）)])?)[）)]。?\s*$"
)
_BODY = re.compile(
    r"[\u4e00-\u9fff]{1,24}(?:委员会|委|局|厅|办|部门?|署|院|办公室|中心|政府|办事处|街道|街镇|单位|队|会|站)(?:[（(].{1,30})?"
)
_LONGEST_BRACKET = 300


class Rulers:
    """The operative words and bodies of one sentence. among are its clauses."""

    def __init__(self, text: str, provision: Provision, sentence: Sentence, among: tuple[Span, ...]) -> None:
        self._text, self._provision, self._sentence, self._among = text, provision, sentence, among
        self._spoken = [fact for fact in sentence.facts if fact.kind is FactKind.OPERATIVE]
        self._places = [place_of(fact.start, among) for fact in self._spoken]
        self._required = [fact for fact in self._spoken if fact.force is Force.REQUIRED]

    def operative(self, figure: Figure, subject: Span) -> Fact | None:
        """The operative word that rules a figure.

        In its own clause, or that of its subject, the nearest; 原则上 before any other, as it softens them. Else, for a
        condition, the first behind it: what it is the condition of. Else the nearest in front that says what must be
        done: it goes for the clauses that follow, where 鼓励, 可 and 不得 go for their own.
        """
        here = [*self._in(figure.place)]
        if (place := place_of(subject[0], self._among)) != figure.place:
            here += self._in(place)
        if here:
            return min(here, key=lambda fact: (fact.force is not Force.PRINCIPLE, abs(fact.start - figure.start)))
        behind = bisect_right(self._spoken, figure.start, key=lambda fact: fact.start)
        if figure.kind is FigureKind.CONDITION and behind < len(self._spoken):
            return self._spoken[behind]
        ruling = bisect_right(self._required, figure.start, key=lambda fact: fact.end)
        return self._required[ruling - 1] if ruling else None

    def _in(self, place: int) -> list[Fact]:
        return self._spoken[bisect_left(self._places, place) : bisect_right(self._places, place)]

    def bodies(self, figure: Figure) -> tuple[str, ...]:
        """The bodies that the sentence names before a figure, else those of the paragraph's closing bracket."""
        named = (self._text[slice(*fact.span)] for fact in self._acting if fact.end <= figure.start)
        return tuple(dict.fromkeys(named)) or self._in_charge

    @cached_property
    def _acting(self) -> list[Fact]:
        """The first mention of each body in the sentence that is not one told or asked."""
        first: dict[str, Fact] = {}
        for fact in self._sentence.facts:
            if fact.kind is FactKind.BODY and not _TOLD.search(self._text[max(0, fact.start - 4) : fact.start]):
                first.setdefault(self._text[slice(*fact.span)], fact)
        return [*first.values()]

    @cached_property
    def _in_charge(self) -> tuple[str, ...]:
        """The bodies of the bracket that closes the paragraph, where it names nothing else."""
        at, last = self._sentence.end, self._provision.end
        stop = self._text.find("\n", at, last)
        bracket = _IN_CHARGE.search(self._text[at : last if stop < 0 else stop][-_LONGEST_BRACKET:])
        named = tuple(re.split(r"[、，,；;]", bracket[1])) if bracket else ()
        return named if all(_BODY.fullmatch(name) for name in named) else ()
