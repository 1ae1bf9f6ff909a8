"""Suggestions while somebody types."""

from __future__ import annotations

from web import links
from web.schemas.base import Question, RequestModel, ResponseModel, about
from web.suggestions import Suggestion, SuggestionKind


class SuggestionsRequest(RequestModel):
    """已经写下的字。"""

    q: Question = about("已经写下的字，1 至 500 字；超过 80 字时没有可提示的", "消防演练")
    limit: int = about("最多提示几条", 8, default=8, ge=1, le=20)


class SuggestionOut(ResponseModel):
    """一条可以直接提问的话。不是文件原文，不可当作政策引用。"""

    text: str = about("可直接提交的问题或标题", "大兴消防演练频次怎么规定")
    kind: SuggestionKind = about("question 预想的问题，heading 文件中的小标题", "question")
    document_id: str = about("所问的文件", "daxing-2026-22")
    article_id: str = about("所问的条目", "6.20")
    url: str = about("文件页面的地址（站内），打开即见该条", "/documents/daxing-2026-22#6.20")

    @classmethod
    def of(cls, suggestion: Suggestion) -> SuggestionOut:
        return cls(
            text=suggestion.text,
            kind=suggestion.kind,
            document_id=suggestion.document_id,
            article_id=suggestion.article_id,
            url=links.provision_url(suggestion.document_id, suggestion.article_id),
        )


class SuggestionList(ResponseModel):
    """输入时的提示。"""

    suggestions: list[SuggestionOut] = about("最合适的在前；没有合适的为空", [])
