"""Which clause of a provision answers: of one article, another question is answered by another clause."""

from __future__ import annotations

from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.clauses import COMPARABLE, answering_clauses, clause_signs, clauses_of
from assistant.concepts import Wanted, coverage, wanted_of
from assistant.evidence import Ledger
from assistant.glossary import load_glossary
from assistant.models import MARKING
from assistant.questions import Understanding, normalise, understand
from corpus.figures.requirements import Sentence
from corpus.library import Library
from index.retriever import HybridRetriever
from index.storage import build_index, open_index
from tests.fakes import HashingEncoder

GLOSSARY = load_glossary()
BETWEEN = "，。；：！？”’」』）)》"
"""What may stand between two clauses, beside blank space."""


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory, library: Library) -> HybridRetriever:
    """For how rare words are: that is the same whatever encodes."""
    home = tmp_path_factory.mktemp("clauses")
    build_index(home, library, HashingEncoder())
    return open_index(home, library, HashingEncoder())


@pytest.fixture(scope="module")
def ledger(library: Library) -> Ledger:
    return Ledger.of(library)


def asked_of(question: str, library: Library, retriever: HybridRetriever) -> tuple[Understanding, Wanted]:
    asked = understand(normalise(question), library)
    return asked, wanted_of(asked.wording, asked.focus, GLOSSARY, retriever.rarity)


def nearest(text: str, own: tuple[Sentence, ...], wanted: Wanted) -> Sentence:
    return max(own, key=lambda sentence: coverage(wanted.concepts, text[slice(*sentence.span)]))


# document, article, question, words of the clause that answers best
ANSWERED: list[tuple[str, str, str, str]] = [
    ("changning-2025-2", "2.1.2", "养老机构内设医务室至少配几名医生", "至少配置1名主执业点医师"),
    ("changning-2025-2", "2.1.3", "养老院里能给老人挂水吗", "可在输液室提供静脉输液服务"),
    ("changning-2025-2", "2.1.3", "到床边给老人看病要不要另收上门费", "免收上门费"),
    ("changning-2025-2", "2.4.13", "长宁要培养哪些专业的照护人才", "陪诊师、营养师、助浴师"),
    ("changning-2025-2", "2.4.14", "刚开的门诊，过多久才能去申请医保", "正式运营3个月后即可提出定点申请"),
    # one article, two questions
    ("daxing-2026-22", "6.20", "消防演练多久一次", "每半年至少开展1次消防演练"),
    ("daxing-2026-22", "6.20", "防火检查一个月几次", "每月至少组织1次防火检查"),
    ("national-2025-8", "2.1", "示范县隔几年评一次", "每2年评估一次"),
    ("national-2025-8", "2.1", "示范县要在哪一年前全部评完", "2030年完成创建工作"),
    ("anonymous-district-plan", "3.2", "养老院用地谁保障", "国土资源部门"),
    ("anonymous-district-plan", "3.2", "财政局负责什么", "财政部门要落实相关投入政策"),
    ("national-2025-8", "4.5", "示范牌子被摘了，几年不能再报", "3年内不得申请"),
    ("national-2025-8", "4.5", "已经命名的示范机构要是出了违法案子，怎么处理", "及时按程序取消示范县"),
    ("national-2024-40", "2.5", "长护险的定点，我们医养机构能申请不", "纳入长期护理保险定点服务机构范围"),
    ("national-2024-40", "2.5", "互联网看病能进医保不", "按程序纳入医保支付范围"),
    ("daxing-2026-22", "5.18", "医保和长护险衔接，牵头的是哪个局", "区医保局、区民政局"),
    ("daxing-2026-22", "5.18", "医务室，医保啥时候能全部进去", "到2027年底"),
    ("daxing-2026-22", "7.2", "工作总结弄完交到哪个科", "区卫健委医政医管科"),
]


@pytest.mark.parametrize(
    ("document_id", "article_id", "question", "words"), ANSWERED, ids=[row[2][:16] for row in ANSWERED]
)
def test_the_clause_that_answers(
    library: Library,
    ledger: Ledger,
    retriever: HybridRetriever,
    document_id: str,
    article_id: str,
    question: str,
    words: str,
) -> None:
    document = library.get(document_id)
    own = ledger.sentences[document_id, article_id]
    asked, wanted = asked_of(question, library, retriever)
    chosen = nearest(document.text, own, wanted)
    heading = document.find(article_id).heading
    found = answering_clauses(document.text, own, heading, chosen.span, asked, wanted)
    assert 1 <= len(found) <= 2
    assert words in document.text[slice(*found[0])]


def test_clauses_lie_in_the_sentences_of_their_provision(
    library: Library, ledger: Ledger, retriever: HybridRetriever
) -> None:
    """Of every article there is, for a question that has nothing to do with most of them."""
    asked, wanted = asked_of("消防演练多久一次，谁负责", library, retriever)
    shown: set[int] = set()
    for (document_id, article_id), own in ledger.sentences.items():
        document = library.get(document_id)
        heading = document.find(article_id).heading
        clauses, signs = clause_signs(document.text, own, heading, own[0].span, asked, wanted)
        assert len(clauses) == len(signs) > 0
        assert all(any(one.start <= start < end <= one.end for one in own) for start, end in clauses)
        assert all(before[1] <= after[0] for before, after in pairwise(clauses))
        found = answering_clauses(document.text, own, heading, own[0].span, asked, wanted)
        scores = {clause: MARKING.score(each) for clause, each in zip(clauses, signs, strict=True)}
        best, *others = sorted(scores.values(), reverse=True)
        assert [scores[clause] for clause in found] == [
            best,
            *(each for each in others[:1] if best - each <= COMPARABLE),
        ]
        assert set(found) <= set(clauses)
        shown.add(len(set(found)))
    assert shown == {1, 2}


def test_signs_of_a_clause(library: Library, ledger: Ledger, retriever: HybridRetriever) -> None:
    document = library.get("daxing-2026-22")
    own = ledger.sentences["daxing-2026-22", "6.20"]
    asked, wanted = asked_of("消防演练多久一次", library, retriever)
    chosen = nearest(document.text, own, wanted)
    heading = document.find("6.20").heading
    clauses, signs = clause_signs(document.text, own, heading, chosen.span, asked, wanted)
    by_words = dict(zip((document.text[slice(*clause)] for clause in clauses), signs, strict=True))
    drill, check = by_words["每半年至少开展1次消防演练"], by_words["每月至少组织1次防火检查"]
    assert drill.covered > check.covered
    assert (drill.number_asked, check.number_asked) == (1, 1)
    assert (drill.fact, drill.sole_fact) == (1, 0)
    assert drill.novel < 1
    first = signs[0]
    assert (first.heading, first.opening, first.number_asked) == (1, 1, 0)
    last = signs[-1]
    assert (last.bracket, last.closing) == (1, 1)
    assert sum(sign.chosen for sign in signs) >= 1
    assert sum(sign.behind for sign in signs) <= 1


def test_nothing_to_choose_from(library: Library, retriever: HybridRetriever) -> None:
    asked, wanted = asked_of("消防演练多久一次", library, retriever)
    assert answering_clauses("", (), "", (0, 0), asked, wanted) == ()


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("应签约，可巡诊。", ["应签约", "可巡诊"]),
        ("对邻近的，可不设；其余应设：", ["对邻近的", "可不设", "其余应设"]),
        ("称为“医养结合。”再说，", ["称为“医养结合。”", "再说"]),
        ("按规定（免收上门费），可结算。", ["按规定（免收上门费）", "可结算"]),
        ("（一）签约。\n（二）巡诊。", ["（一）签约", "（二）巡诊"]),
        ("甲、乙、丙", ["甲、乙、丙"]),
        ("  前后有空  ，中间\u3000。", ["前后有空", "中间\u3000"]),
        ("每床1,000元，一次发。", ["每床1,000元", "一次发"]),
        ("，，。。", []),
        (" \n\u3000\n", []),
        ("", []),
    ],
)
def test_clauses_of(text: str, clauses: list[str]) -> None:
    assert [text[slice(*span)] for span in clauses_of(text, (0, len(text)))] == clauses


def test_clauses_of_a_range() -> None:
    text = "签约，巡诊，转诊，"
    assert [text[slice(*span)] for span in clauses_of(text, (3, 8))] == ["巡诊", "转诊"]
    assert clauses_of(text, (3, 3)) == ()


@given(st.text(alphabet=st.sampled_from("签约，。；：\n ”）（“\u3000a1,") | st.characters(), max_size=60))
@settings(max_examples=200, deadline=None)
def test_clauses_of_any_text(text: str) -> None:
    spans = clauses_of(text, (0, len(text)))
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert text[start:end].strip()
        assert all(sign in BETWEEN or sign.isspace() for sign in text[at:start])
        at = end


@pytest.mark.parametrize("sign", ["，", "）", "医", "\n", "医，"])
def test_long_texts_take_no_time(sign: str) -> None:
    began = perf_counter()
    clauses_of(sign * 200_000, (0, 200_000))
    assert perf_counter() - began < 2
