"""What the head of a document page says of the document: the facts printed in it, and its 时效 on a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from corpus.library import Library
from corpus.provisions import Metadata, PolicyDocument
from corpus.relations.validity import Change, Standing, Validity
from corpus.titles import titled
from web import links

UNSTATED = "文件未注明"


@dataclass(frozen=True, slots=True)
class Words:
    """Words that may lead somewhere."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact by its name, in one line or several."""

    name: str
    lines: tuple[tuple[Words, ...], ...]


def facts_of(document: PolicyDocument, library: Library, today: date) -> tuple[Fact, ...]:
    """The facts of a document, in the order of its head; a date and a list only where there is one."""
    metadata = document.metadata
    return (
        _fact("文号", metadata.document_number or UNSTATED),
        _fact("发文机关", "、".join(metadata.issuers) or UNSTATED),
        *_dates(metadata),
        _fact("地区", region_words(metadata.region) if metadata.region else UNSTATED),
        Fact("时效", tuple(_standing(document, library, today))),
        *([_fact("主送", metadata.addressees)] if metadata.addressees else []),
        *([_fact("附件", *metadata.annexes)] if metadata.annexes else []),
    )


def day(on: date) -> str:
    """2025年1月2日."""
    return f"{on.year}年{on.month}月{on.day}日"


def region_words(region: str) -> str:
    """A region as people read it: of one whose name the document hides, that it does."""
    return "某市某区（文件隐去名称）" if "*" in region else region


def _fact(name: str, *lines: str) -> Fact:
    return Fact(name, tuple((Words(line),) for line in lines))


def _dates(metadata: Metadata) -> Iterator[Fact]:
    """The date of the text always; the others where the document has them."""
    yield _fact(_name_of_date(metadata), day(metadata.issued_on) if metadata.issued_on else UNSTATED)
    since = metadata.effective_on
    earlier = since is not None and metadata.issued_on is not None and since < metadata.issued_on and metadata.history
    others = (
        ("印发日期", metadata.printed_on, ""),
        ("发布日期", metadata.published_on, ""),
        ("施行日期", since, "（首次施行）" if earlier else ""),
        ("有效期至", metadata.expires_on, ""),
        ("废止日期", metadata.repealed_on, ""),
    )
    for name, on, note in others:
        if on:
            yield _fact(name, f"{day(on)}{note}")


def _name_of_date(metadata: Metadata) -> str:
    """成文日期; of a statute what was done on that day: 通过日期, 修正日期."""
    done = [event.kind.value for event in metadata.history if event.on == metadata.issued_on]
    return f"{done[-1]}日期" if done else "成文日期"


def _standing(document: PolicyDocument, library: Library, today: date) -> Iterator[tuple[Words, ...]]:
    validity = library.validity[document.document_id]
    yield (Words(validity.standing(today).value),)
    for what, change, done in _changes(validity, document):
        if change.by:
            yield tuple(_said(what, change, done, library.get(change.by)))


def _changes(validity: Validity, document: PolicyDocument) -> Iterator[tuple[str, Change, str]]:
    """What ended or altered a document: the article if not the whole, the change, and what was done by it."""
    if validity.ending:
        yield "", validity.ending, _ENDED[validity.ending.standing]
    if validity.amended:
        yield "", validity.amended, "修改"
    for place, change in validity.repealed.items():
        yield document.find(place).label, change, "废止"


# What ended a document, by the standing that it left it with; one that is 已修改 has a later version.
_ENDED = {Standing.REPEALED: "废止", Standing.EXPIRED: "停止执行", Standing.AMENDED: "代替"}


def _said(what: str, change: Change, done: str, by: PolicyDocument) -> Iterator[Words]:
    """«2025年9月1日起由《…》（2025年4月30日）代替», with the words that say so as the address."""
    since = f"{day(change.on)}起" if change.on > date.min else ""
    yield Words(f"{what}{since}由")
    apart = by.metadata.document_number or (day(by.metadata.issued_on) if by.metadata.issued_on else None)
    yield Words(titled(by.metadata.title, apart), _place(change, by))
    yield Words(done)


def _place(change: Change, by: PolicyDocument) -> str:
    if change.start is None or change.end is None:
        return links.document_url(by.document_id)
    article = next(each for each in by.walk() if each.start <= change.start < each.end)
    return links.words_url(by.document_id, article.article_id, change.start, change.end)
