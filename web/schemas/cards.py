"""An answer as a mini-program shows it."""

from __future__ import annotations

from dataclasses import replace

from pydantic import ConfigDict

from assistant.answers import Quotation, Related, Status
from corpus.library import Library
from web.asking import Asked
from web.schemas.base import A_QUOTE, A_TITLE, AN_ID, ResponseModel, about
from web.shapes.card import PAGE, Card, card

_A_CITATION = f"《{A_TITLE}》（长民〔2025〕2号）二、（一）2."
_A_PATH = f"{PAGE}?document_id=changning-2025-2&article_id=2.1.2&start=1006&end=1045"


class _CardModel(ResponseModel):
    """pagePath is spelt as mini-programs spell it."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class CardQuotationOut(_CardModel):
    """卡片中的一处引文。"""

    title: str = about("所引文件的标题", A_TITLE)
    quote: str = about("引文，逐字", A_QUOTE)
    marks: list[tuple[int, int]] = about("回答问题的字句在引文中的范围，以 UTF-16 码元计", [[24, 32]])
    citation: str = about("出处：标题、文号、条目", _A_CITATION)
    page_path: str = about("显示原文的小程序页面", _A_PATH, alias="pagePath")

    @classmethod
    def of(cls, shown: Card) -> CardQuotationOut:
        return cls(
            title=shown.title,
            quote=shown.quote,
            marks=list(shown.marks),
            citation=shown.citation,
            page_path=shown.page_path,
        )


class CardRelatedOut(_CardModel):
    """相近但未回答所问的条目。"""

    title: str = about("文件标题", A_TITLE)
    label: str = about("条目在文件中的写法", "二、（一）2.")
    snippet: str = about("条目中的一段原文", A_QUOTE)
    page_path: str = about("显示原文的小程序页面", _A_PATH, alias="pagePath")


class CardOut(_CardModel):
    """小程序页面的卡片。"""

    status: Status = about("结果", "answered")
    title: str = about("标题：首先引用的文件；没有引文时为结果", A_TITLE)
    finding: str = about("结论", f"上海市长宁区规定：「{A_QUOTE}」。")
    quote: str = about("引文，逐字；没有时为空", A_QUOTE)
    marks: list[tuple[int, int]] = about("回答问题的字句在引文中的范围，以 UTF-16 码元计", [[24, 32]])
    citation: str = about("出处：标题、文号、条目；没有时为空", _A_CITATION)
    page_path: str = about("显示原文的小程序页面；没有时为空", _A_PATH, alias="pagePath")
    more: int = about("另有几处引文，即 further 的项数", 0)
    further: list[CardQuotationOut] = about("其余各处引文，最切题的在前", [])
    related: list[CardRelatedOut] = about("相近但未回答所问的条目", [])
    options: list[str] = about("反问时可直接提交的完整问题", [])
    conversation_id: str = about("对话编号，追问时带上", AN_ID)
    answer_id: str = about("回答编号，评价时带上", AN_ID)

    @classmethod
    def of(cls, asked: Asked, library: Library) -> CardOut:
        first, answer = card(asked, library), asked.answer
        return cls(
            status=first.status,
            title=first.title,
            finding=first.finding,
            quote=first.quote,
            marks=list(first.marks),
            citation=first.citation,
            page_path=first.page_path,
            more=first.more,
            further=[CardQuotationOut.of(card(_only(asked, each), library)) for each in answer.citations[1:]],
            related=[_related(asked, each, library) for each in answer.related],
            options=list(first.options),
            conversation_id=asked.conversation_id,
            answer_id=asked.answer_id,
        )


def _only(asked: Asked, quotation: Quotation) -> Asked:
    """The same answer with that quotation alone, whose card is the quotation's."""
    return replace(asked, answer=replace(asked.answer, citations=(quotation,)))


def _related(asked: Asked, near: Related, library: Library) -> CardRelatedOut:
    shown = card(replace(asked, answer=replace(asked.answer, citations=(), related=(near,))), library)
    document = library.get(near.citation.document_id)
    return CardRelatedOut(
        title=document.metadata.title,
        label=document.find(near.citation.article_id).label,
        snippet=near.snippet,
        page_path=shown.page_path,
    )
