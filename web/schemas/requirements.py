"""The ledger of hard figures."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from assistant.answers import Quotation
from corpus.figures.hard_figures import FigureKind
from corpus.figures.ledger import Entry, Selection
from corpus.figures.requirements import Force
from corpus.library import Library
from web.exports.choosing import Choice, Order
from web.exports.rhythms import Rhythm
from web.schemas.base import MAX_LISTED, MAX_OFFSET, Day, DocumentId, RequestModel, ResponseModel, Words, about
from web.schemas.questions import CitationOut

FigureKindName = Literal["quantity", "frequency", "deadline", "condition"]
ComparatorName = Literal["at_least", "more_than", "at_most", "less_than", "exactly", "about", "between", "by", "after"]
ForceName = Literal["禁止", "强制要求", "原则上要求", "允许", "鼓励、支持", "探索试行"]
RhythmName = Literal["day", "week", "month", "quarter", "half_year", "year", "other"]
OrderName = Literal["document", "subject", "frequency", "deadline"]
_FIRST_START, _LAST_START = date(2000, 1, 1), date(2099, 12, 31)
"""Days that a calendar may begin on."""
_SIGNING = "到2027年底，失能、高龄、残疾等特殊困难老年人家庭医生签约覆盖率不低于80%。"


class RequirementsChoice(RequestModel):
    """硬性要求的筛选条件；不填即不限。"""

    region: Words | None = about("地区", "北京市大兴区", default=None, min_length=1, max_length=50)
    document_id: list[DocumentId] | None = about(
        "只列这些文件，可重复", ["daxing-2026-22"], default=None, min_length=1, max_length=100
    )
    kind: list[FigureKindName] | None = about(
        "只列这些类别，可重复：quantity 数量，frequency 频次，deadline 期限，condition 适用条件",
        ["quantity"],
        default=None,
        min_length=1,
        max_length=4,
    )
    force: list[ForceName] | None = about(
        "只列有这些约束力的，可重复；文件未用“应当”“不得”等词的要求没有约束力一项，不在其列",
        ["强制要求"],
        default=None,
        min_length=1,
        max_length=6,
    )
    frequency: list[RhythmName] | None = about(
        "只列有这些频次的，可重复：day 每日，week 每周，month 每月，quarter 每季度，half_year 每半年，year 每年，"
        "other 其他周期，如“每2年”“每次”",
        ["month"],
        default=None,
        min_length=1,
        max_length=7,
    )
    subject: Words | None = about("事项中含有这些字", "签约覆盖率", default=None, min_length=1, max_length=50)
    words: Words | None = about(
        "所在的句子中含有这些字；几个词以空格分开，须都有", "覆盖率", default=None, min_length=1, max_length=50
    )
    sort: OrderName = about(
        "排列：document 文件中的次序，subject 事项，frequency 勤的在前，deadline 期限早的在前",
        "document",
        default="document",
    )

    def to_choice(self) -> Choice:
        return Choice(
            selection=self._selection(),
            rhythms=None if self.frequency is None else frozenset(map(Rhythm, self.frequency)),
            words=self.words,
            order=Order(self.sort),
        )

    def _selection(self) -> Selection:
        return Selection(
            region=self.region,
            document_ids=None if self.document_id is None else frozenset(self.document_id),
            kinds=None if self.kind is None else frozenset(map(FigureKind, self.kind)),
            forces=None if self.force is None else frozenset(map(Force, self.force)),
            subject=self.subject,
        )


class RequirementsRequest(RequirementsChoice):
    """硬性要求的筛选条件，和要列表的哪一段。"""

    limit: int = about("最多返回几条", 50, default=50, ge=1, le=MAX_LISTED)
    offset: int = about("跳过前面几条", 0, default=0, ge=0, le=MAX_OFFSET)


class CalendarRequest(RequirementsChoice):
    """硬性要求的筛选条件，和日历从哪一日排起。"""

    start: Day | None = about(
        "各事项从这一日排起；不填即从今天（北京时间）排起",
        "2026-01-05",
        default=None,
    )

    @field_validator("start")
    @classmethod
    def _in_this_century(cls, start: date | None) -> date | None:
        if start is not None and not _FIRST_START <= start <= _LAST_START:
            limits = {"first": _FIRST_START.isoformat(), "last": _LAST_START.isoformat()}
            raise PydanticCustomError("date_range", "{first} - {last}", limits)
        return start


class FrequencyOut(ResponseModel):
    """多久一次。"""

    words: str = about("频次用语，逐字", "每半年")
    number: float = about("周期的长度", 0.5)
    unit: str = about("周期的单位；“每次”以次计", "年")


class DeadlineOut(ResponseModel):
    """期限。"""

    words: str = about("期限用语，逐字；有起算事项的连同起算事项", "到2027年底")
    last_day: date | None = about("写明年份的，期限的最后一日；否则为 null", "2027-12-31")


class RequirementOut(ResponseModel):
    """一条硬性要求：文件中一个可以核查的数字。"""

    kind: FigureKindName = about(
        "类别：quantity 数量，frequency 频次，deadline 期限，condition 适用条件（说明对谁、在什么情况下适用）",
        "quantity",
    )
    subject: str = about("事项：所计的是什么，或要做到什么，逐字", "家庭医生签约覆盖率")
    comparator: ComparatorName = about(
        "比较方式：at_least 不低于，more_than 超过，at_most 不超过，less_than 低于，exactly 等于，about 约为，"
        "between 介于两数之间，by 不晚于，after 在其后",
        "at_least",
    )
    comparator_words: str = about("表示比较的用语，逐字；没有时为空", "不低于")
    number: float | None = about("数值；只写周期、日期或参照水平的为 null", 80)
    upper: float | None = about("幅度的上限；不是幅度的为 null", None)
    unit: str | None = about("单位；没有数值的为 null", "%")
    basis: str | None = about("计算基数，逐字，如“每百张床位”；没有时为 null", None)
    frequency: FrequencyOut | None = about("频次；没有时为 null", None)
    deadline: DeadlineOut | None = about("期限；没有时为 null", {"words": "到2027年底", "last_day": "2027-12-31"})
    operative: str | None = about("要求用语，逐字，如“应当”；没有时为 null", None)
    force: ForceName | None = about("要求用语的约束力；没有要求用语的为 null", None)
    bodies: list[str] = about("责任单位：句中所列，或段末括注所列", ["区卫生健康委", "区民政局"])
    figure: str = about("数字及其比较用语，逐字；在规范文本中的范围见 citation.highlights", "不低于80%")
    citation: CitationOut = about("所在的句子", {"document_id": "daxing-2026-22", "quote": _SIGNING})

    @classmethod
    def of(cls, entry: Entry, library: Library) -> RequirementOut:
        often, deadline = entry.frequency, entry.deadline
        quotation = Quotation(entry.citation, entry.quote, ((entry.start, entry.end),))
        return cls(
            kind=entry.kind.value,
            subject=entry.subject,
            comparator=entry.comparator.value,
            comparator_words=entry.comparator_words,
            number=entry.number,
            upper=entry.upper,
            unit=entry.unit,
            basis=entry.basis,
            frequency=FrequencyOut(words=often.words, number=often.number, unit=often.unit) if often else None,
            deadline=DeadlineOut(words=deadline.words, last_day=deadline.last_day) if deadline else None,
            operative=entry.operative,
            force=entry.force.value if entry.force else None,
            bodies=list(entry.bodies),
            figure=entry.figure,
            citation=CitationOut.of(quotation, library),
        )


class RequirementList(ResponseModel):
    """硬性要求。"""

    requirements: list[RequirementOut] = about("符合条件的要求，依文件中的次序", [])
    total: int = about("符合条件的共有几条", 49)
    index_version: str = about("所用索引的版本", "b1946ac92492d234")
