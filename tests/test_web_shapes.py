"""Answers as WeChat shows them: a text of at most 2,048 bytes, verbatim, and a card that JavaScript can mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import Answer, Clarification, QuestionType, Quotation, Related, Status
from assistant.pipeline import Assistant
from corpus.citations import cite
from corpus.library import Library, load_library
from corpus.provisions import Metadata, PolicyDocument, Provision
from corpus.structure.parser import parse
from corpus.structure.sentences import sentences
from web.asking import Asked, Desk
from web.shapes.card import PAGE, card, utf16_ranges
from web.shapes.text import LONGEST_LINK, MAX_BYTES, page_of, wechat_text
from web.store import open_store

LIBRARY = load_library()
TODAY = date(2026, 11, 22)
LINK = "https://wen.example.cn/documents/changning-2025-2?start=1006&end=1045#2.1.2"
DOCTORS = "养老机构内设医务室至少配几名医生？"
COMPARISON = "各地家庭医生签约覆盖率目标有何不同？"
_BLOCK = re.compile(r"(?P<cut>（节录）)?「(?P<words>[^「」]*)」\n——(?P<source>.*)")

# Texts with characters beyond U+FFFF, which count two in JavaScript.
ASTRAL = "关于𠮷祥街道养老服务的方案\n一、总体要求\n𠀀𠀁机构应当至少配备😀2名医师。𠮷街道每年检查1次。\n"
RARE = PolicyDocument("rare-1", Metadata("关于𠮷祥街道养老服务的方案"), ASTRAL, parse(ASTRAL))


def asked(answer: Answer) -> Asked:
    return Asked(answer, "0" * 32, "1" * 32, "scripted-1", 1.0)


def size(text: str) -> int:
    return len(text.encode())


@pytest.fixture(scope="module")
def desk(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('shapes') / 'yiyang.db'}")
    yield Desk(assistant, store)
    store.close()


# The text, of real answers


def test_an_answer_that_fits_is_shown_whole_with_its_link(desk: Desk) -> None:
    answered = desk.ask(DOCTORS)
    assert wechat_text(answered, LIBRARY, LINK) == f"{answered.answer.text}\n\n查看原文：{LINK}"
    assert page_of(answered.answer).startswith("/documents/changning-2025-2?start=")


def test_a_long_answer_is_cut_to_sentences_with_every_citation_whole(desk: Desk) -> None:
    answered = desk.ask(COMPARISON)
    assert size(answered.answer.text) > MAX_BYTES
    text = wechat_text(answered, LIBRARY, LINK, TODAY)
    assert size(text) <= MAX_BYTES
    assert text.endswith(f"\n\n查看原文：{LINK}")
    blocks = [*_BLOCK.finditer(text)]
    assert len(blocks) >= 2
    for block, quotation in zip(blocks, answered.answer.citations, strict=False):
        assert block["words"] in quotation.quote
        assert block["source"].startswith(f"《{LIBRARY.get(quotation.citation.document_id).metadata.title}》")
    assert f"另有{len(answered.answer.citations) - len(blocks)}处引文" in text


@pytest.mark.parametrize("question", ["你好", "政策", "朝阳区的签约率是多少？", "补助多少钱？", "大兴方案第5条"])
def test_other_outcomes_fit_too_and_say_all_they_said(desk: Desk, question: str) -> None:
    answered = desk.ask(question)
    text = wechat_text(answered, LIBRARY, LINK)
    assert size(text) <= MAX_BYTES
    assert text.startswith(answered.answer.text)
    assert text.endswith(LINK)


def test_a_link_leads_to_what_is_nearest_or_to_the_chat(desk: Desk) -> None:
    assert page_of(desk.ask("朝阳区的签约率是多少？").answer).startswith("/documents/")
    assert page_of(desk.ask("你好").answer) == "/"


@pytest.mark.parametrize("link", ["", "two words", "line\nfeed", f"https://x/{'a' * LONGEST_LINK}"])
def test_what_is_no_link_is_refused(link: str) -> None:
    with pytest.raises(ValueError, match="not a link"):
        wechat_text(asked(answer_of(())), LIBRARY, link)


def test_a_document_that_is_not_in_force_is_told_beside_its_quotation() -> None:
    ended = replace(RARE, metadata=replace(RARE.metadata, repealed_on=date(2026, 1, 1)))
    library = LIBRARY.with_document(ended)
    quoted = whole(ended, ended.find("1"))
    long = asked(answer_of((quoted,), finding=f"文件规定：「{quoted.quote}」。" * 40))
    assert wechat_text(long, library, LINK, date(2025, 12, 31)).count("已废止") == 0
    assert "》一、（本文件已废止）\n" in wechat_text(long, library, LINK, date(2026, 1, 1))
    assert card(long, library, day=date(2026, 1, 1)).citation.endswith("（本文件已废止）")


def test_a_title_inside_a_title_has_signs_of_its_own() -> None:
    issued = replace(RARE, metadata=replace(RARE.metadata, title="关于印发《工作方案》的通知"))
    library = LIBRARY.with_document(issued)
    quoted = whole(issued, issued.find("1"))
    long = asked(answer_of((quoted,), finding=f"文件规定：「{quoted.quote}」。" * 40))
    assert "\n——《关于印发〈工作方案〉的通知》一、\n" in wechat_text(long, library, LINK, TODAY)
    assert card(long, library).citation == "《关于印发〈工作方案〉的通知》一、"


# The text, of any answer there can be


def whole(document: PolicyDocument, provision: Provision) -> Quotation:
    citation = cite(document, provision, provision.start, provision.subtree_end)
    return Quotation(citation, citation.quote(document))


def answer_of(quotations: tuple[Quotation, ...], finding: str = "文件有规定。", tail: str = "") -> Answer:
    status = Status.ANSWERED if quotations else Status.NOT_FOUND
    text = "\n\n".join((finding, *(f"「{each.quote}」\n——《某文件》" for each in quotations)))
    return Answer(status, QuestionType.GENERAL, DOCTORS, DOCTORS, finding, text + tail, quotations)


@st.composite
def quotations(draw: st.DrawFn) -> Quotation:
    """Any range of any article, with any marks."""
    document = draw(st.sampled_from([*LIBRARY, RARE]))
    provision = draw(st.sampled_from([*document.walk()]))
    ends = st.integers(provision.start, provision.subtree_end)
    start, end = sorted((draw(ends), draw(ends)))
    if not document.text[start:end].strip():
        start, end = provision.start, provision.subtree_end
    citation = cite(document, provision, start, end)
    places = st.integers(citation.start, citation.end)
    marks = draw(st.lists(st.tuples(places, places).map(sorted), max_size=4))
    highlights = tuple((first, last) for first, last in marks if first < last)
    return Quotation(citation, citation.quote(document), highlights)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    quoted = tuple(draw(st.lists(quotations(), max_size=8)))
    phrases = draw(st.lists(st.sampled_from(["到2027年底不低于80%", "配1名。再配2名", "机构" * 60]), max_size=12))
    finding = "".join(f"国家文件规定：「{phrase}」。" for phrase in phrases) or draw(
        st.sampled_from(["有。", "无" * 800])
    )
    tail = draw(st.lists(st.sampled_from(["· 相近条文", "· " + "条" * 200]), max_size=12))
    return answer_of(quoted, finding, "".join(f"\n{line}" for line in tail))


@settings(max_examples=300, deadline=None)
@given(answer=answers(), path=st.integers(0, LONGEST_LINK - len("https://x/")))
def test_any_answer_fits_and_stays_verbatim(answer: Answer, path: int) -> None:
    link = f"https://x/{'a' * path}"
    library = LIBRARY.with_document(RARE)
    text = wechat_text(asked(answer), library, link, TODAY)
    assert size(text) <= MAX_BYTES
    assert text.endswith(f"：{link}")
    if text.startswith(answer.text):
        return
    assert text.count("「") == text.count("」")
    shown = [*_BLOCK.finditer(text)]
    for block in shown:
        assert any(is_excerpt(block["words"], bool(block["cut"]), each) for each in answer.citations)
        assert block["source"] in {source_line(each, library) for each in answer.citations}
    if answer.citations:
        named = sum(line.startswith("——") for line in text.splitlines())
        assert named == len(answer.citations) or f"另有{len(answer.citations) - named}处引文" in text


def is_excerpt(words: str, cut: bool, quotation: Quotation) -> bool:
    """Whole, or a run of whole sentences."""
    if not cut:
        return words == quotation.quote
    spans = sentences(quotation.quote, 0, len(quotation.quote))
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    at = quotation.quote.find(words)
    return at >= 0 and at in starts and at + len(words) in ends


def source_line(quotation: Quotation, library: Library) -> str:
    document = library.get(quotation.citation.document_id)
    facts = document.metadata
    number = f"（{facts.document_number}）" if facts.document_number else ""
    return f"《{facts.title}》{number}{document.find(quotation.citation.article_id).label}"


def test_a_cut_quotation_keeps_the_sentence_that_answers() -> None:
    document = LIBRARY.get("daxing-2026-22")
    provision = document.find("2")
    quoted = whole(document, provision)
    mark = document.text.index("不低于80%", provision.start)
    answer = answer_of((replace(quoted, highlights=((mark, mark + 6),)),))
    assert size(answer.text) > MAX_BYTES
    text = wechat_text(asked(answer), LIBRARY, LINK, TODAY)
    block = _BLOCK.search(text)
    assert block is not None
    assert block["cut"]
    assert "家庭医生签约覆盖率不低于80%。" in block["words"]


def test_a_sentence_too_long_for_a_message_is_left_to_the_page() -> None:
    long = f"关于办法的通知\n一、总则\n{'机构应当配备医师，' * 200}并接受检查。\n"
    document = PolicyDocument("long-1", Metadata("办法"), long, parse(long))
    answer = answer_of((whole(document, document.find("1")),))
    # the heading is a sentence of its own and is what can be quoted; the mark lies in the long one
    mark = long.index("并接受检查")
    marked = replace(answer, citations=(replace(answer.citations[0], highlights=((mark, mark + 5),)),))
    text = wechat_text(asked(marked), LIBRARY.with_document(document), LINK, TODAY)
    assert "（条文较长，请点开原文查看。）\n——《办法》一、\n\n查看原文：" in text


def test_no_room_is_left_unused() -> None:
    document = LIBRARY.get("daxing-2026-22")
    first, second = document.find("2.5"), document.find("2.9")
    assert size(document.own_text(first)) > 550
    at = document.text.index("。", second.start) + 1
    short = cite(document, second, second.start, at)
    quoted = (whole(document, first), *(Quotation(short, short.quote(document)),) * 2)
    answer = answer_of(quoted, finding="文件规定：「到2027年底」。" * 10, tail="\n" + "条" * 600)
    blocks = [*_BLOCK.finditer(wechat_text(asked(answer), LIBRARY, LINK, TODAY))]
    assert [block["words"] for block in blocks] == [each.quote for each in quoted]


@given(quoted=quotations())
def test_marks_are_the_highlights_within_the_quote(quoted: Quotation) -> None:
    text = LIBRARY.with_document(RARE).get(quoted.citation.document_id).text
    marked = [quoted.quote[start:end] for start, end in quoted.marks]
    assert marked == [text[start:end] for start, end in quoted.highlights]


# The card


def javascript_slice(text: str, start: int, end: int) -> str:
    """text.slice(start, end) in JavaScript."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60), data=st.data())
def test_ranges_mark_the_same_characters_in_javascript(text: str, data: st.DataObject) -> None:
    place = st.integers(0, len(text))
    start, end = sorted((data.draw(place), data.draw(place)))
    ((first, last),) = utf16_ranges(text, [(start, end)])
    assert javascript_slice(text, first, last) == text[start:end]


def test_a_card_of_a_text_with_rare_characters() -> None:
    library = LIBRARY.with_document(RARE)
    provision = RARE.find("1")
    marks = ("😀2名医师", "𠮷街道", "1次")
    places = [ASTRAL.index(mark, provision.start) for mark in marks]
    highlights = tuple((at, at + len(mark)) for at, mark in zip(places, marks, strict=True))
    shown = card(asked(answer_of((replace(whole(RARE, provision), highlights=highlights),))), library)
    assert [javascript_slice(shown.quote, *mark) for mark in shown.marks] == [*marks]
    assert shown.marks[0][0] == shown.quote.index("😀") + 2  # two characters before it count twice
    assert (shown.title, shown.citation) == (RARE.metadata.title, "《关于𠮷祥街道养老服务的方案》一、")


def test_a_card_shows_the_first_quotation_whole_and_counts_the_others(desk: Desk) -> None:
    answered = desk.ask(COMPARISON)
    shown = card(answered, LIBRARY)
    first = answered.answer.citations[0]
    assert (shown.status, shown.finding, shown.quote) == (Status.ANSWERED, answered.answer.finding, first.quote)
    assert shown.more == len(answered.answer.citations) - 1 > 0
    assert [javascript_slice(shown.quote, *mark) for mark in shown.marks] == [
        LIBRARY.get(first.citation.document_id).text[start:end] for start, end in first.highlights
    ]


def test_the_page_of_a_card_names_the_words_cited(desk: Desk) -> None:
    answered = desk.ask(DOCTORS)
    cited = answered.answer.citations[0].citation
    path = urlsplit(card(answered, LIBRARY).page_path)
    assert path.path == PAGE
    assert parse_qs(path.query) == {
        "document_id": ["changning-2025-2"],
        "article_id": ["2.1.2"],
        "start": [str(cited.start)],
        "end": [str(cited.end)],
    }


def test_cards_of_answers_that_cite_nothing() -> None:
    near = whole(LIBRARY.get("daxing-2026-22"), LIBRARY.get("daxing-2026-22").find("2.5"))
    plain = answer_of(())
    asks = replace(plain, status=Status.CLARIFY, clarification=Clarification("哪一方面？", (DOCTORS, COMPARISON)))
    nothing = card(asked(plain), LIBRARY)
    assert (nothing.title, nothing.quote, nothing.marks, nothing.citation) == ("文件中没有找到", "", (), "")
    assert (nothing.page_path, nothing.more, nothing.options) == ("", 0, ())
    assert card(asked(asks), LIBRARY).options == (DOCTORS, COMPARISON)
    related = replace(plain, related=(Related(near.citation, near.quote),))
    assert "article_id=2.5" in card(asked(related), LIBRARY).page_path
