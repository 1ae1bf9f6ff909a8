"""The last step: nothing leaves that is not printed where it says it is. A failed check is a fault, never an answer."""

from __future__ import annotations

import re

from assistant.answers import Answer, Quotation, Related, Status
from corpus.citations import CitationError
from corpus.library import Library

_QUOTED = re.compile(r"「([^「」]*)」")


class VerificationError(AssertionError):
    """An answer that says something its citations do not; a fault of this program."""


def verify(answer: Answer, library: Library) -> Answer:
    """The answer itself. Raises VerificationError unless every quotation and every quoted word holds."""
    for quotation in answer.citations:
        _verify_quotation(quotation, library)
    for related in answer.related:
        _verify_related(related, library)
    for words in _QUOTED.findall(answer.finding):
        if not any(words in quotation.quote for quotation in answer.citations):
            raise VerificationError(f"结论里的「{words}」不在所引条文中")
    if (answer.status in {Status.ANSWERED, Status.UNSPECIFIED}) != bool(answer.citations):
        raise VerificationError(f"{answer.status} 的答复与引文数 {len(answer.citations)} 不符")
    return answer


def _verify_quotation(quotation: Quotation, library: Library) -> None:
    citation = quotation.citation
    try:
        words = citation.quote(library.get(citation.document_id))
    except (KeyError, CitationError) as error:
        raise VerificationError(f"引文不成立：{citation}（{error}）") from error
    if words != quotation.quote:
        raise VerificationError(f"引文与原文不一致：{citation}")
    for start, end in quotation.highlights:
        if not citation.start <= start < end <= citation.end:
            raise VerificationError(f"标记 {start}–{end} 超出引文 {citation}")


def _verify_related(related: Related, library: Library) -> None:
    try:
        words = related.citation.quote(library.get(related.citation.document_id))
    except (KeyError, CitationError) as error:
        raise VerificationError(f"相近条文不成立：{related.citation}（{error}）") from error
    if related.snippet not in words:
        raise VerificationError(f"相近条文与原文不一致：{related.citation}")
