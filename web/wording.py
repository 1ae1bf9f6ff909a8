"""What words from outside may hold: checked once, at the edge, for the API and the pages alike."""

from __future__ import annotations

import re

from assistant.questions import MAX_QUESTION
from web.problems import Problem

_INVISIBLE = re.compile("[\u200b-\u200f\u061c\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")
"""Zero-width characters, direction marks and embeddings: pasted along unseen, dropped. Without them, nothing can be
made to read other than it is written."""
_LINE_BREAKS = re.compile("\r\n?|[\u2028\u2029]")
_FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters other than tab and line feed
    "\ud800-\udfff"  # halves of surrogate pairs
    "\ufdd0-\ufdef\ufffe\uffff"  # not characters
    "]"
)


class WordingError(Problem):
    """Words that are refused; its text is the reason, in Chinese."""

    def __str__(self) -> str:
        return self.detail


def clean_words(words: str) -> str:
    """Drop what is invisible and harmless; raises WordingError (control_characters) at what is neither."""
    cleaned = _LINE_BREAKS.sub("\n", _INVISIBLE.sub("", words))
    if found := _FORBIDDEN.search(cleaned):
        raise WordingError("control_characters", f"文字中含有不可见字符 U+{ord(found[0]):04X}，请删去后重试。")
    return cleaned.strip()


def clean_question(question: str) -> str:
    """A question fit to ask. Raises WordingError: control_characters, empty_question, question_too_long."""
    cleaned = clean_words(question)
    if not cleaned:
        raise WordingError("empty_question", "请写下要问的问题。")
    if len(cleaned) > MAX_QUESTION:
        raise WordingError("question_too_long", f"问题有 {len(cleaned)} 字，请控制在 {MAX_QUESTION} 字以内。")
    return cleaned
