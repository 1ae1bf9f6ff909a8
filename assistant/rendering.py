"""From a draft to an answer: the sentences of templates/ around the words of the quotations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.answers import Answer
from assistant.composition import Block, Draft
from assistant.sureness import Sureness
from corpus.library import Library
from corpus.relations.validity import Standing
from corpus.titles import titled

_ENDED = frozenset({Standing.NOT_YET, Standing.REPEALED, Standing.EXPIRED})
TEMPLATES = Path(__file__).with_name("templates")


@cache
def _environment() -> Environment:
    # Plain text: nothing is escaped here; the pages escape what they show.
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=False)
    environment.filters |= {"region_of": _region_of, "titled": titled}
    return environment


def template_files() -> tuple[Path, ...]:
    """Every template, in a fixed order: what an answer says depends on them."""
    return tuple(sorted(TEMPLATES.rglob("*.j2")))


def _region_of(block: Block) -> str:
    """Whose rule a block is, in the words of a finding."""
    region = block.document.metadata.region
    if block.is_national:
        return "国家文件"
    if region and "*" in region:
        return "某市某区（文件隐去名称）"
    return region or "文件"


@dataclass(frozen=True, slots=True)
class Telling:
    """How an answer is told.

    day          of a document that is not in force then, its standing is told
    is_narrowed  whether filters left some of the library out; nothing is then said of the whole
    sureness     how far what a search found can be relied on, which is told where it is little; None without a search
    """

    day: date
    is_narrowed: bool = False
    sureness: Sureness | None = None


def render(draft: Draft, question: str, interpreted: str, library: Library, telling: Telling) -> Answer:
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
        "is_narrowed": telling.is_narrowed,
        "is_sure": telling.sureness in (None, Sureness.HIGH),
        "is_doubtful": telling.sureness is Sureness.LOW,
        "narrower": (),
        "silent": (),
        "standings": {
            block.document.document_id: standing
            for block in draft.blocks
            if (standing := library.validity[block.document.document_id].standing(telling.day)) in _ENDED
        },
        **draft.slots,
    }
    finding = _environment().get_template(f"finding/{draft.form}.txt.j2").render(fields).strip()
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
    return f"{titled(document.metadata.title)}{provision.label}{provision.heading}"
