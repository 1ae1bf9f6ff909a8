"""Follow-ups: «那护士呢？» after a question becomes a question that stands on its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.concepts import has_subject
from assistant.courtesies import is_courtesy
from assistant.glossary import Glossary
from assistant.places import places_in
from assistant.questions import understand
from corpus.library import Library

# Words that lean on what was said before: «那护士呢？», «它多久一次», «我说长宁的».
_LEANS = re.compile(
    r"^(?:那(?![曲坡雍])|还有|再问|另外|然后|至于|换成|如果是|要是)|^(?:它|这个|那个|这条|那条|上面|刚才|里面)|(?:呢)[？?。]?$"
    r"|(?:里|方面)?怎么(?:说|规定)的?[？?]?$"
)
# «我说长宁的», «我们是大兴的»: the place of the question before is put right.
_CORRECTS = re.compile(r"^我(?:们)?(?:说的?|是|问的?).{0,16}$")
_LEAD = re.compile(
    r"^(?:那么|那(?![曲坡雍])|还有|再问一?下?|另外|然后|至于|换成|如果是|要是"
    r"|我们?(?:说的?是?|是|问的?是?)|是)++[，, ]*"
)
_TAIL = re.compile(r"(?:的|呢|那种|吧|啊)*+[？?。！!]*+$")
_CLAUSE_END = re.compile(r"[，。；,;]")
_FILLER = re.compile(r"文件|规定|里面?|怎么(?:说|规定)的?|方面|那边|这边|的|是")
_SPACE = re.compile(r"[\s，。？！?!,、；;：:]+")


def resolve(question: str, history: Sequence[str], library: Library, glossary: Glossary) -> str:
    """The question as one that stands on its own. `history` holds the earlier ones so resolved, oldest first.

    A turn is completed from the one before only where its words say so, or where it names nothing to search for: a
    question of its own must not be answered with what was asked before it.
    """
    earlier = [each for each in history if not is_courtesy(each)]
    core = _TAIL.sub("", _LEAD.sub("", question)).strip()
    if not earlier or not core or is_courtesy(question) or not _leans(question, core, library, glossary):
        return question
    before = earlier[-1]
    return (
        _with_other_place(core, before, library)
        or _with_other_word(core, before, glossary)
        or _appended(core, before, question, library)
    )


def _leans(question: str, core: str, library: Library, glossary: Glossary) -> bool:
    if _LEANS.search(question) or _is_bare_place(core, library):
        return True
    if _CORRECTS.search(question) and places_in(question, library):
        return True
    named = understand(question, library)
    return not (named.document_ids or named.addresses or has_subject(question, glossary))


def _is_bare_place(core: str, library: Library) -> bool:
    """Whether a turn is the name of a place and nothing else: «大兴», «国家文件里»."""
    rest = core
    for place in places_in(core, library):
        rest = rest.replace(place.printed, "", 1)
    return rest != core and not _FILLER.sub("", _SPACE.sub("", rest))


def _with_other_place(core: str, before: str, library: Library) -> str | None:
    """The question before, asked of another place: «大兴呢？», «国家文件里怎么说的»."""
    places = places_in(core, library)
    if not places:
        return None
    rest = core
    for place in places:
        rest = rest.replace(place.printed, "", 1)
    rest = _FILLER.sub("", _SPACE.sub("", rest))
    for place in places_in(before, library):
        before = before.replace(place.printed, "", 1)
    new = "、".join(place.printed for place in places)
    subject = before.strip(" ，的")
    return f"{new}的{subject}" if len(rest) <= 1 else f"{new}的{rest}，{subject}"


def _with_other_word(core: str, before: str, glossary: Glossary) -> str | None:
    """The question before with a word of the same kind in its place: 医生 -> 护士, and 示范县 -> 示范机构 for 机构."""
    kind = glossary.kind_of(core)
    if kind is None:
        return None
    inside = [word for word in glossary.kinds[kind] if word in before]
    if not inside:
        return None
    replaced = max(inside, key=len)
    fuller = [word for word in glossary.kinds[kind] if word.endswith(core) and word[0] == replaced[0]]
    return before.replace(replaced, max(fuller, key=len, default=core))


def _appended(core: str, before: str, question: str, library: Library) -> str:
    """What the question before was about, and then what is asked now."""
    mark = "？" if question.rstrip().endswith(("？", "?")) else ""
    return f"{_subject(before, library)}，{core}{mark}"


def _subject(before: str, library: Library) -> str:
    """The first clause of a question; of a look-up the document alone, as its article was only one of the matters."""
    asked = understand(before, library)
    if asked.addresses:
        return before.replace(asked.addresses[0].printed, "").strip(" 的，") or before
    return _TAIL.sub("", _CLAUSE_END.split(before)[0])
