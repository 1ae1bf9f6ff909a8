"""The texts that a document names, 《…》（文号）, and the articles it points to, in them and in itself.

What these lead to in a library is worked out in corpus/resolution.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from corpus.head.document_numbers import normal_number
from corpus.head.titles import KIND
from corpus.provisions import PolicyDocument, Provision
from corpus.relations.catalogue import normal_title, short_title
from corpus.relations.pointers import ARTICLE, Pointed, Pointer, article_for, read_pointers

TITLE = r"《(?P<title>(?:[^《》\n]|《[^《》\n]{1,60}》){2,120})》"
"""A title in its quotation marks, with one more title inside it at most."""
NAMED = (
    rf"{TITLE}(?:[（(](?P<number>[^（）()\n]{{0,60}}?[〔\[（(]?[0-9]{{4}}[〕\]）)]?[^（）()，,\n]{{0,12}}?号"
    r"|[^（）()，,\n]{2,30}(?:令|公告)第[^（）()，,\n]{1,8}号)[^（）()\n]{0,80}[）)])?"
)
"""The same with its number behind it in brackets, where that is printed."""
_BRACKET = re.compile(r"[（(][^（）()\n]{1,80}[）)]")
_LINK = re.compile(r"(?:[中里]?的)?")
# «以下简称《办法》», «下称《规划》»
_ALIAS = re.compile(r"(?:以下|下)?(?:统?简称|称)(?:为|：|:)?[“\"]?[省市国]?(?:家)?《(?P<alias>[^《》\n]{2,30})》")
_TOKEN = re.compile(
    rf"(?P<named>{NAMED})"
    # what a text calls itself: 本办法第九条, 本实施细则第三条
    rf"|(?P<self>本(?!条(?!例)|款|项)[\u4e00-\u9fff]{{0,8}}?{KIND}的?(?=第))"
    # 本条第一款
    r"|(?P<this>本条(?=第))"
    # the text named last: 该条例第五条
    rf"|(?P<same>[该同][\u4e00-\u9fff]{{0,4}}?{KIND}的?(?=第))"
    # 第三十五条, of itself or of a law called without quotation marks
    rf"|(?P<article>{ARTICLE.pattern})"
)
_REFERENCE = re.compile(NAMED)
# A law called without quotation marks, right before an article: 违反行政处罚法第三十三条; and what is not its name.
_BARE_NAME = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,24}(?:法|法典|条例|规定|办法|细则|规则))的?$")
_LEAD_IN = re.compile(
    r"^.*(?:依照|按照|根据|依据|违反|适用|符合|参照|执行|以及|或者|是指|属于|关于|[除按依对了和与及由])"
)
_NO_NAME = re.compile(r"^(?:[本该同其此各或有]|上述|相关|前)|[的本]|^.{0,2}(?:规定|办法|条例|细则|规则)$")
_LOOK_BACK = 30
# Not texts but papers: certificates, forms, agreements, lists to fill in.
_PAPER = re.compile(
    r"(?:证书?|证明|执照|许可|表|单|申请书|通知书|告知书|承诺书|责任书|协议书?|合同|病历|手册|档案|卡|标志|委托书|回执|批件)"
    r"(?:[（(][^（）()]*[）)])?$"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A text named in an article, or a place in it.

    title            as printed, without 《》; of a name that is declared («以下简称《办法》»), what it stands for
    document_number  its 文号 where printed with it
    article_id       of the article that names it; start:end  where
    document_id      of the document that names it
    pointer          the place in the text that is meant, None for the text as a whole
    own              whether the document means itself
    """

    title: str
    document_number: str | None
    article_id: str
    start: int
    end: int
    document_id: str
    pointer: Pointer | None = None
    own: bool = False

    @property
    def names_a_paper(self) -> bool:
        """Whether it names a certificate, a form or a contract, which no library holds."""
        return is_paper(self.title)


def is_paper(title: str) -> bool:
    """Whether a title is that of a certificate, a form or a contract."""
    return _PAPER.search(title) is not None


_Text = tuple[str, str | None]
"""A text by title and number."""


def references(document: PolicyDocument) -> tuple[Reference, ...]:
    """Every text that a document names, in order, repeats included, one for each place in it; itself left out."""
    return tuple(reference for reference in _read(document) if not reference.own)


def self_references(document: PolicyDocument) -> tuple[Reference, ...]:
    """Every place of its own that a document points to, in order: «本办法第九条», «第三十五条规定»."""
    return tuple(reference for reference in _read(document) if reference.own)


def annex_titled(document: PolicyDocument, title: str) -> str | None:
    """The article_id of the document's own annex of that title, None where it has none."""
    wanted = normal_title(title)
    openings = (each for each in document.walk() if each.article_id.endswith(":0"))
    return next((each.article_id for each in openings if wanted in normal_title(document.own_text(each)[:200])), None)


def _read(document: PolicyDocument) -> Iterator[Reference]:
    metadata = document.metadata
    annexes = [title for title in metadata.annexes if annex_titled(document, title)]
    own = {normal_title(title) for title in (metadata.title, metadata.cover_title, *annexes) if title}
    aliases = _aliases(document.text)
    called = {short_title(title): title for title, _ in aliases.values()}
    printed = (each["title"] for each in _REFERENCE.finditer(document.text))
    called |= {short_title(title): title for title in printed if title not in aliases}
    reader = _Reader(document, aliases, called, frozenset(own))
    for provision in document.walk():
        yield from reader.read(provision)


def _aliases(text: str) -> dict[str, _Text]:
    """The short names that a text declares: «《…实施办法》（…，以下简称《办法》)»."""
    found: dict[str, _Text] = {}
    for named in _REFERENCE.finditer(text):
        behind = _BRACKET.match(text, named.end())
        said = named[0][len(named["title"]) + 2 :] + (behind[0] if behind else "")
        if alias := _ALIAS.search(said):
            found.setdefault(alias["alias"], (named["title"], named["number"]))
    return found


@dataclass(frozen=True)
class _Reader:
    """Reads the references of a document, one provision at a time.

    aliases  the short names that it declares; named: the texts that it names in 《》, by short title
    """

    document: PolicyDocument
    aliases: Mapping[str, _Text]
    named: Mapping[str, str]
    own_titles: frozenset[str]

    def read(self, provision: Provision) -> Iterator[Reference]:
        text, at = self.document.text, provision.start
        last: _Text | None = None
        while token := _TOKEN.search(text, at, provision.end):
            meant, start, pointed = self._meant(token, provision, last)
            at = max(token.end(), pointed[-1].end if pointed else 0)
            if meant and (pointed or token["named"]):
                yield from self._references(provision, meant, (start, token.end()), pointed)
            if token["named"]:
                last = meant

    def _meant(
        self, token: re.Match[str], provision: Provision, last: _Text | None
    ) -> tuple[_Text | None, int, tuple[Pointed, ...]]:
        """The text that a token means, None for nothing; where its name begins; and the places in it."""
        text, start, end = self.document.text, token.start(), provision.end
        if token["named"]:
            named = self.aliases.get(token["title"], (token["title"], token["number"]))
            return named, start, read_pointers(text, self._behind(token), end)
        if token["article"]:
            pointed = read_pointers(text, start, end)
            return *self._of_bare_article(start, provision, pointed), pointed
        article = _number_of(provision) if token["this"] else 0
        meant = last if token["same"] else self._itself
        return meant, start, read_pointers(text, token.end(), end, article)

    @property
    def _itself(self) -> _Text:
        return self.document.metadata.title, None

    def _behind(self, token: re.Match[str]) -> int:
        """Where the places in a named text are printed: behind its number or bracket and perhaps a 的."""
        text, at = self.document.text, token.end()
        if not token["number"] and (bracket := _BRACKET.match(text, at)):
            at = bracket.end()
        return _LINK.match(text, at).end()  # type: ignore[union-attr]  # matches the empty string

    def _of_bare_article(
        self, start: int, provision: Provision, pointed: tuple[Pointed, ...]
    ) -> tuple[_Text | None, int]:
        """Whose article it is: of the law named right before it, else the document's own, if it has it."""
        before = self.document.text[max(provision.start, start - _LOOK_BACK) : start]
        line = before.rpartition("\n")[2]
        if not line.strip() and ("\n" in before or start - provision.start < _LOOK_BACK):
            return None, start  # the mark that opens an article
        if bare := _BARE_NAME.search(line):
            name = self._name_in(bare["name"])
            first = start - len(line) + bare.end("name") - len(name)
            return ((self.named.get(name, name), None), first) if name else (None, start)
        known = pointed and own_article(self.document, pointed[0].pointer, provision.article_id)
        return self._itself if known else None, start

    def _name_in(self, words: str) -> str:
        """The name of a law that these words end in: one named elsewhere in 《》, else what follows 依照, 违反."""
        for start in range(len(words) - 1):
            if words[start:] in self.named:
                return words[start:]
        name = _LEAD_IN.sub("", words)
        return "" if len(name) < 2 or _NO_NAME.search(name) else name

    def _references(
        self, provision: Provision, meant: _Text, place: tuple[int, int], pointed: tuple[Pointed, ...]
    ) -> Iterator[Reference]:
        """One reference for each place named, the first with the name of the text; or one for the text as a whole."""
        title, number = meant
        own = normal_title(title) in self.own_titles and self._may_bear(number)
        make = partial(Reference, title, number, provision.article_id, document_id=self.document.document_id, own=own)
        if not pointed and (not own or annex_titled(self.document, title)):
            yield make(*place)
        for count, each in enumerate(pointed):
            yield make(each.start if count else min(place[0], each.start), each.end, pointer=each.pointer)

    def _may_bear(self, number: str | None) -> bool:
        """Whether the document can be meant by a number: an older version bears the same title and another one."""
        known = self.document.metadata.document_number
        return not number or not known or normal_number(number) == normal_number(known)


def _number_of(provision: Provision) -> int:
    """The number of the article that a provision is or lies in; 0 where it lies in none."""
    number = provision.article_id.rpartition(":")[2].partition(".")[0].partition("-")[0]
    return int(number) if number.isdigit() else 0


def own_article(document: PolicyDocument, pointer: Pointer, article_id: str) -> str | None:
    """The article of a document that it points to itself in article_id: in the same annex, else in the text itself."""
    annex, colon, _ = article_id.rpartition(":")
    return article_for(document, pointer, annex + colon) or article_for(document, pointer)
