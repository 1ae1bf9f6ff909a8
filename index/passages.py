"""Passages: what is searched. Each points back to a range of one provision; its indexed text carries context.

Four grains: the provision (its own text, cut where the encoder would not read to the end), the sentence, and two sorts
of anticipated questions, which are keys to their provision and are encoded as questions: those that it answers, and
those that it leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from corpus.anticipated import AnticipatedQuestion
from corpus.provisions import PolicyDocument, Provision
from corpus.structure.sentences import Span, sentences

RECIPE = "provision+sentence+question+open/4"
"""Changes whenever passages are made differently, so that old indexes are not taken for current ones."""

_SHORTEST_SENTENCE = 12
_OVERLAP_TOKENS = 48
_CONTEXT_JOIN = " "


class Grain(StrEnum):
    """How much of a provision a passage takes in."""

    PROVISION = "provision"
    SENTENCE = "sentence"
    QUESTION = "question"
    OPEN = "open"

    @property
    def is_question(self) -> bool:
        return self in {Grain.QUESTION, Grain.OPEN}


@dataclass(frozen=True, slots=True)
class Passage:
    """A searchable range start:end of a provision; `indexed` is context and words, never quoted."""

    document_id: str
    article_id: str
    start: int
    end: int
    grain: Grain
    indexed: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(**{**fields, "grain": Grain(fields["grain"])})


def question_passages(document: PolicyDocument, anticipated: Sequence[AnticipatedQuestion]) -> tuple[Passage, ...]:
    """A passage for every anticipated question."""
    provisions = (document.find(each.article_id) for each in anticipated)
    return tuple(
        Passage(document.document_id, node.article_id, node.start, node.end, _grain(each), each.question)
        for node, each in zip(provisions, anticipated, strict=True)
    )


def _grain(each: AnticipatedQuestion) -> Grain:
    return Grain.QUESTION if each.stated else Grain.OPEN


def passages(document: PolicyDocument, count_tokens: Callable[[str], int], max_tokens: int) -> tuple[Passage, ...]:
    """The passages of a document's text, in order of their places. max_tokens: what the encoder reads of one text."""
    return tuple(
        passage
        for provision in document.walk()
        if document.own_text(provision).strip()
        for passage in (
            *_whole(document, provision, count_tokens, max_tokens),
            *_sentences(document, provision),
        )
    )


def _whole(
    document: PolicyDocument, provision: Provision, count_tokens: Callable[[str], int], max_tokens: int
) -> Iterator[Passage]:
    context = _context(document, provision)
    room = max_tokens - count_tokens(context) - _OVERLAP_TOKENS
    for start, end in _cut(document.text, (provision.start, provision.end), count_tokens, room):
        yield _passage(document, provision, (start, end), Grain.PROVISION, context)


def _sentences(document: PolicyDocument, provision: Provision) -> Iterator[Passage]:
    """The sentences of a provision that has more than one; a heading alone is in every passage's context already."""
    spans = sentences(document.text, provision.start, provision.end)
    long_enough = [span for span in spans if span[1] - span[0] >= _SHORTEST_SENTENCE]
    if len(spans) > 1:
        context = provision.heading
        for span in long_enough:
            yield _passage(document, provision, span, Grain.SENTENCE, context)


def _passage(document: PolicyDocument, provision: Provision, span: Span, grain: Grain, context: str) -> Passage:
    words = document.text[span[0] : span[1]].strip()
    indexed = _CONTEXT_JOIN.join(part for part in (context, words) if part)
    return Passage(document.document_id, provision.article_id, *span, grain, indexed)


def _context(document: PolicyDocument, provision: Provision) -> str:
    """Title and the headings above: what the words of the provision leave unsaid."""
    above = document.headings(provision)[:-1] if provision.heading else document.headings(provision)
    return _CONTEXT_JOIN.join((document.metadata.title, *above))


def _cut(text: str, span: Span, count_tokens: Callable[[str], int], room: int) -> tuple[Span, ...]:
    """The span itself if the encoder reads it whole, else overlapping pieces that end at sentence ends."""
    words = text[span[0] : span[1]]
    if count_tokens(words) <= room:
        return (span,)
    # Imported here: only building needs it, and a server that opens a built index starts 0.2 s sooner without.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        ["\n", "。", "；", "，", ""],
        keep_separator="end",
        chunk_size=room,
        chunk_overlap=_OVERLAP_TOKENS,
        length_function=count_tokens,
        add_start_index=True,
        strip_whitespace=False,
    )
    pieces = splitter.create_documents([words])
    starts = [span[0] + int(piece.metadata["start_index"]) for piece in pieces]
    return tuple((start, start + len(piece.page_content)) for start, piece in zip(starts, pieces, strict=True))
