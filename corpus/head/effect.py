"""From when and until when a text says that it holds: «本办法自2024年1月1日起施行，有效期5年。»."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.head.dates import DAY, date_of, last_day
from corpus.head.printed import Printed
from corpus.head.titles import KIND
from corpus.structure.numerals import CHINESE_DIGITS, NumeralError, whole_number


@dataclass(frozen=True, slots=True)
class Effect:
    """First and last day in force, each with the clause that says so."""

    effective_on: Printed[date] | None
    expires_on: Printed[date] | None


_NUMBER = rf"[0-9０-９]{{1,4}}|[{CHINESE_DIGITS}]{{1,5}}"
_THIS = rf"本[\u4e00-\u9fff]{{0,8}}?{KIND}"
# What speaks of the text itself: 本办法…, 本实施细则…, «…现予公布，自…»; and a sentence that is nothing but the clause.
_SELF = rf"(?:{_THIS}|(?:现予|予以)(?:公布|发布)[，,]\s*|(?:^|(?<=[。\n]))[ \t\u3000]*)"
_VERB = r"(?:正式)?(?:施行|实施|执行|生效|试行)"
# «自2024年1月1日起施行», «自公布之日起30日后施行», «于2024年1月1日施行», «自…起至…止施行»
_EFFECTIVE = re.compile(
    rf"{_SELF}(?:自|从|于)(?:(?P<day>{DAY})|(?P<act>[\u4e00-\u9fff]{{2,12}}?)之日)起?"
    rf"(?:满?(?P<wait>{_NUMBER})(?P<unit>日|天|个月)(?:之?后|起))?(?:至(?P<until>{DAY})(?:止|为止)?)?[，,]?{_VERB}"
    r"(?=[ \t\u3000]*(?:[，,。；;（(\n]|$))"
)
# «有效期5年», «有效期至2026年12月31日», «试行期两年»; not «在有效期内», «2年有效期»
_TERM = re.compile(
    rf"(?:有效期限?|施行期限?|实施期限?|试行期限?|试行|暂定|执行期限?|适用期限?)(?:[为是：:]|暂定|延长|共)*"
    rf"(?:(?P<number>{_NUMBER})(?P<unit>年|个月)|[至到](?P<until>{DAY}))"
)
_OWN_TERM = re.compile(rf"{_THIS}的?(?=有效期|试行期|施行期|实施期|执行期)")
_REACH = 60
"""How far behind the clause of effect its term is looked for, at most to the end of the sentence."""

DayOf = Callable[[str], date | None]
"""The day of an act on which a clause makes itself depend: 公布, 印发, 国务院批准."""


def read_effect(text: str, end: int, day_of: DayOf, known: Printed[date] | None = None) -> Effect:
    """What the last clause of effect in text[:end] says.

    A day that rests on an act is counted from the day of that act. A first day known from elsewhere goes before the
    clause; the term is counted from it.
    """
    clauses = list(_EFFECTIVE.finditer(text, 0, end))
    clause = clauses[-1] if clauses else None
    effective = known or (_effective(clause, day_of) if clause else None)
    return Effect(effective, _expiry(text, end, clause, effective))


def _effective(clause: re.Match[str], day_of: DayOf) -> Printed[date] | None:
    day = date_of(clause["day"]) if clause["day"] else day_of(clause["act"])
    if day is None:
        return None
    try:
        day = _after(day, clause["wait"], clause["unit"])
    except (ValueError, OverflowError, NumeralError):
        return None
    start = clause.start() + len(clause[0]) - len(clause[0].lstrip())
    return Printed(day, start, clause.end())


def _after(day: date, wait: str | None, unit: str | None) -> date:
    if wait is None:
        return day
    count = whole_number(wait)
    return last_day(day, count) + timedelta(days=1) if unit == "个月" else day + timedelta(days=count)


def _expiry(text: str, end: int, clause: re.Match[str] | None, effective: Printed[date] | None) -> Printed[date] | None:
    first = effective.value if effective else None
    if clause is None:
        return _own_expiry(text, end, first)
    if clause["until"] and (until := date_of(clause["until"])):
        return Printed(until, *clause.span("until"))
    stop = text.find("。", clause.end(), end)
    reach = min(clause.end() + _REACH, stop if stop >= 0 else end)
    term = _TERM.search(text, clause.end(), reach)
    return (_last(term, first) if term else None) or _own_expiry(text, end, first)


def _own_expiry(text: str, end: int, first: date | None) -> Printed[date] | None:
    for own in _OWN_TERM.finditer(text, 0, end):
        if term := _TERM.match(text, own.end(), end):
            return _last(term, first)
    return None


def _last(term: re.Match[str], first: date | None) -> Printed[date] | None:
    """The last day of a term; None where it is counted from a day that is not known."""
    try:
        if term["until"]:
            last = date_of(term["until"])
        elif first is None:
            return None
        else:
            last = last_day(first, whole_number(term["number"]) * (12 if term["unit"] == "年" else 1))
    except (ValueError, NumeralError):
        return None
    return Printed(last, term.start(), term.end()) if last else None
