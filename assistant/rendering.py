"""From a draft to an answer: the sentences of templates/ around the words of the quotations."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.answers import Answer
from assistant.composition import Draft
from corpus.library import Library

TEMPLATES = Path(__file__).with_name("templates")


@cache
def _environment() -> Environment:
    # Plain text: nothing is escaped here; the pages escape what they show.
    return Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=False)


def render(draft: Draft, question: str, interpreted: str, library: Library) -> Answer:
    """The answer that a draft says."""
    fields = {
        "form": draft.form,
        "blocks": draft.blocks,
        "clarification": draft.clarification,
        "missing_texts": draft.missing_texts,
        "related": [
            _where(related.citation.document_id, related.citation.article_id, library) for related in draft.related
        ],
        "uncovered": (),
        "narrower": (),
        "silent": (),
        **draft.slots,
    }
    finding = _environment().get_template("finding.txt.j2").render(fields).strip()
    text = _environment().get_template("answer.txt.j2").render({**fields, "finding": finding}).strip()
    return Answer(
        status=draft.status,
        question_type=draft.type,
        question=question,
        interpreted_question=interpreted,
        finding=finding,
        text=text,
        citations=tuple(block.quotation for block in draft.blocks),
        clarification=draft.clarification,
        related=draft.related,
        missing_texts=draft.missing_texts,
        confidence=draft.confidence,
    )


def _where(document_id: str, article_id: str, library: Library) -> str:
    document = library.get(document_id)
    provision = document.find(article_id)
    return f"《{document.metadata.title}》{provision.label}{provision.heading}"
