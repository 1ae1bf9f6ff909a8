"""Follow-ups: «那护士呢？» after a question becomes a question that stands on its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.addressing import address_of, called, documents_named
from assistant.answers import QuestionType, Turn
from assistant.concepts import has_subject
from assistant.courtesies import is_courtesy
from assistant.glossary import Glossary
from assistant.places import places_in
from assistant.questions import asking_words, head_fields, type_of, understand
from corpus.library import Library

# Words that lean on what was said before: «那护士呢？», «它多久一次», «我说长宁的».
_LEANS = re.compile(
    r"^(?:那(?![曲坡雍])|还有|再问|另外|然后|至于|换成|如果是|要是)|^(?:它|这个|那个|这条|那条|上面|刚才|里面)|(?:呢)[？?。]?$"
    r"|(?:里|方面)?怎么(?:说|规定)的?[？?]?$|也[^，。]{0,8}[吗么不][？?]?$|也是?(?:一样|这样|如此)的?[？?]?$"
)
# «我说长宁的», «我们是大兴的»: the place of the question before is put right.
_CORRECTS = re.compile(r"^我(?:们)?(?:说的?|是|问的?).{0,16}$")
_LEAD = re.compile(
    r"^(?:那么|那(?![曲坡雍])|还有|再问一?下?|另外|然后|至于|换成|如果是|要是"
    r"|我们?(?:说的?是?|是|问的?是?)|是)++[，, ]*"
)
_TAIL = re.compile(r"(?:的|呢|那种|吧|啊)*+[？?。！!]*+$")
_CLAUSE_END = re.compile(r"[，。；,;]")
_FILLER = re.compile(r"文件|层面|规定|里面?|怎么(?:说|规定)的?|方面|那边|这边|的|是")
# «也这么规定吗», «一样吗», «有没有同样的要求»: what is left of a turn that asks the same of another place.
_SAME = re.compile(
    r"(?:是不是|是否|有没有|有无)?[也都]{0,2}(?:是|有)?(?:这么|这样|那样|一样|如此|同样|相同|类似|差不多)?的?"
    r"(?:规定|要求|做法|说法|说|写|讲|管|做|办|定|有|是|行|可以)?的?(?:吗|么|嘛|不|没有?|否)?"
)
# «这是哪个文件», «出自哪里»
_WHICH_DOCUMENT = re.compile(
    r"^(?:请问)?(?:这|那|它)?(?:条|个|段)?(?:是|出自|属于|写在|来自)(?:的)?(?:哪[个份一]?(?:个|份)?(?:文件?|规定|政策)|哪[里儿])(?:里|里的|写的|说的|规定的)?(?:啊|呀|呢)?[？?]?$"
)
_LONGEST_SUBJECT = 40
"""Characters of the question before that are repeated in the completed one."""
_SHORT = 12
"""Characters up to which a question that fits a fact of a document's head means the document just cited."""
_SPACE = re.compile(r"[\s，。？！?!,、；;：:]+")
# «原文给我看看», «把那条念一下», «全文呢»: the article just cited, whole.
_SHOW = re.compile(
    r"^(?:请|麻烦)?(?:把|给我|我要|我想|让我|能不能|可以)*(?:看看?|念|发|贴)?(?:一?下)?(?:那|这|该|上面|刚才)?(?:一?条|个|段|处)?(?:的|它的)?"
    r"(?:完整)?(?:原文|原话|全文|条文|原条款|出处)(?:是什么|是啥|怎么[写说]的?|在哪[里儿]?|呢|吗|给我|发我|发给我|贴出来|拿来|念给我|看一?[看下]|一?下|看看|吧)*[？?。！!]*$"
)


def resolve(question: str, history: Sequence[Turn], library: Library, glossary: Glossary) -> str:
    """The question as one that stands on its own. `history` holds the earlier turns, oldest first.

    A turn is completed from the one before only where its words say so, or where it names nothing to search for: a
    question of its own must not be answered with what was asked before it.
    """
    earlier = [each for each in history if not is_courtesy(each.question)]
    core = _TAIL.sub("", _LEAD.sub("", question)).strip()
    if not earlier or not core or is_courtesy(question):
        return question
    pointed = _pointed_at(question, earlier, library)
    if pointed or not _leans(question, core, library, glossary):
        return pointed or question
    before = earlier[-1].question
    return (
        _with_other_place(core, before, library, glossary)
        or _with_other_word(core, before, glossary)
        or _with_other_subject(core, before, library, glossary)
        or _appended(core, before, question, library, glossary)
    )


def _pointed_at(question: str, earlier: Sequence[Turn], library: Library) -> str | None:
    """What a turn points at in the answers before.

    The article just cited («原文给我看看»), another of the same document («第二条呢»), or a fact of its head
    («这是哪个文件», «后面有附件没»).
    """
    cited = next((turn.cited for turn in reversed(earlier) if turn.cited), ())
    found = [(library.get(document_id), article_id) for document_id, article_id in cited if document_id in library]
    if not found:
        return None
    document, article_id = found[0]
    if _SHOW.match(question):
        return address_of(document, document.find(article_id))
    if _WHICH_DOCUMENT.search(question):
        return f"{called(document)}全称叫什么？"
    named = understand(question, library)
    if named.document_ids or named.places:
        return None
    meant = understand(earlier[-1].question, library).document_ids or (document.document_id,)
    if named.addresses or (len(question) <= _SHORT and head_fields(question)):
        return f"{called(library.get(meant[0]))}{question}"
    return None


def _leans(question: str, core: str, library: Library, glossary: Glossary) -> bool:
    named = understand(question, library)
    if named.addresses:
        return False
    if _LEANS.search(question) or _is_bare_place(core, library):
        return True
    if _CORRECTS.search(question) and places_in(question, library):
        return True
    return not (named.document_ids or has_subject(question, glossary))


def _is_bare_place(core: str, library: Library) -> bool:
    """Whether a turn is the name of a place and nothing else: «大兴», «国家文件里»."""
    rest = core
    for place in places_in(core, library):
        rest = rest.replace(place.printed, "", 1)
    return rest != core and not _FILLER.sub("", _SPACE.sub("", rest))


def _with_other_place(core: str, before: str, library: Library, glossary: Glossary) -> str | None:
    """The question before, asked of another place: «大兴呢？», «国家文件里怎么说的», «国家也这么规定吗»."""
    places = places_in(core, library)
    if not places:
        return None
    rest = core
    for place in places:
        rest = rest.replace(place.printed, "", 1)
    rest = _SPACE.sub("", rest)
    rest = "" if _SAME.fullmatch(rest) else _FILLER.sub("", rest)
    subject = _without_names(before, library).strip(" ，的")
    new = "、".join(place.printed for place in places)
    if len(rest) <= 1:
        return f"{new}的{subject}"
    if type_of(rest)[0] is not QuestionType.GENERAL:
        return f"{new}的{_subject(subject, library, glossary)}，{rest}"
    return f"{new}的{rest}，{subject}"


def _without_names(question: str, library: Library) -> str:
    """Without the places and documents that it names."""
    named = [printed for _, printed in documents_named(question, library)]
    for name in (*named, *(place.printed for place in places_in(question, library))):
        question = question.replace(name, "", 1)
    return question


def _with_other_subject(core: str, before: str, library: Library, glossary: Glossary) -> str | None:
    """What was asked before, of something else in the same place or document: «那给家属上的健康课呢？»; or something
    else asked of that place or document: «那总的目标是到哪一年»."""
    if not has_subject(core, glossary):
        return None
    *scene, last = _CLAUSE_END.split(before)
    named = [printed for _, printed in documents_named(last, library)]
    named += [place.printed for place in places_in(last, library)]
    own = type_of(core)[0] is not QuestionType.GENERAL
    asking = "" if own else asking_words(last)
    if not (named or scene) or not (own or asking):
        return None
    return "，".join(part for part in (*scene, f"{''.join(dict.fromkeys(named))}{core}", asking) if part)


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


def _appended(core: str, before: str, question: str, library: Library, glossary: Glossary) -> str:
    """What the question before was about, and then what is asked now."""
    mark = "？" if question.rstrip().endswith(("？", "?")) else ""
    return f"{_subject(before, library, glossary)}，{core}{mark}"


def _subject(before: str, library: Library, glossary: Glossary) -> str:
    """What a question is about: the clauses that set its scene where they say so, else all of it, cut where long."""
    clauses = _CLAUSE_END.split(before)
    if len(clauses) > 1 and has_subject(_without_names("，".join(clauses[:-1]), library), glossary):
        clauses.pop()
    while len(clauses) > 1 and len("，".join(clauses)) > _LONGEST_SUBJECT:
        clauses.pop()
    return _TAIL.sub("", "，".join(clauses))
