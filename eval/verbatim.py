"""Is every quotation the document's own words? Checked here from the text alone.

The check repeats nothing of `corpus.citations.check`: a suite that called the code it judges would share its mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from assistant.answers import Answer, Quotation, Related
from corpus.citations import Citation
from corpus.library import Library


def answer_faults(answer: Answer, library: Library) -> tuple[int, tuple[str, ...]]:
    """How many pieces of text an answer shows, citations and related ones, and what is wrong with the faulty ones."""
    checks = [quotation_faults(quotation, library) for quotation in answer.citations]
    checks += [related_faults(related, library) for related in answer.related]
    return len(checks), tuple("；".join(reasons) for reasons in checks if reasons)


def quotation_faults(quotation: Quotation, library: Library) -> tuple[str, ...]:
    """Why a quotation is not verbatim, in Chinese; empty where it is."""
    faults = tuple(_range_faults(quotation.citation, library))
    if faults:
        return faults
    citation = quotation.citation
    text = library.get(citation.document_id).text
    reasons = []
    if text[citation.start : citation.end] != quotation.quote:
        reasons.append(f"{citation.document_id}#{citation.article_id} 的引文与原文不一致")
    for start, end in quotation.highlights:
        if not citation.start <= start < end <= citation.end:
            reasons.append(f"{citation.document_id}#{citation.article_id} 的标记 {start}–{end} 超出引文范围")
    return tuple(reasons)


def related_faults(related: Related, library: Library) -> tuple[str, ...]:
    """Why a related provision's snippet is not verbatim; empty where it is."""
    faults = tuple(_range_faults(related.citation, library))
    if faults:
        return faults
    citation = related.citation
    document = library.get(citation.document_id)
    if related.snippet not in document.whole_text(document.find(citation.article_id)):
        return (f"{citation.document_id}#{citation.article_id} 的摘录不是原文",)
    return ()


def _range_faults(citation: Citation, library: Library) -> Iterator[str]:
    if citation.document_id not in library:
        yield f"文件库中没有 {citation.document_id}"
        return
    document = library.get(citation.document_id)
    if sha256(document.text.encode()).hexdigest() != citation.document_sha256:
        yield f"{citation.document_id} 的文本校验值不符"
    if not document.has(citation.article_id):
        yield f"{citation.document_id} 中没有条目 {citation.article_id}"
        return
    provision = document.find(citation.article_id)
    if not provision.start <= citation.start < citation.end <= provision.subtree_end:
        yield f"{citation.document_id}#{citation.article_id} 的引文范围 {citation.start}–{citation.end} 越界"
