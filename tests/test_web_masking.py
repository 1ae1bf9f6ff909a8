"""Personal data is hidden before it is kept: numbers of persons, never those of documents. None of it is on disk."""

from __future__ import annotations

import string
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from stdnum import luhn
from stdnum.cn import ric

from assistant.answers import Answer, Filters
from assistant.pipeline import Assistant
from corpus.library import Library
from tests.postgres import database_url as database_url
from tests.postgres import store as store
from web.asking import Desk
from web.masking import CARD, DIGITS, DOCUMENT, EMAIL, IDENTITY, TELEPHONE, impersonal, masked
from web.store import Store, open_store
from web.store.tables import feedback, turns

unhurried = settings(deadline=None)
FULL_WIDTH = str.maketrans(string.digits + "X-", "０１２３４５６７８９Ｘ－")
CHINESE = str.maketrans(string.digits, "〇一二三四五六七八九")


def identity(place: str, born: date, order: int) -> str:
    number = f"{place}{born:%Y%m%d}{order:03}"
    return number + ric.calc_check_digit(f"{number}0")


def card(prefix: str, digits: str) -> str:
    return prefix + digits + luhn.calc_check_digit(prefix + digits)


identities = st.builds(
    identity,
    st.sampled_from(["110101", "310105", "460108", "650102", "810000", "830000", "441900"]),
    st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    st.integers(0, 999),
)
mobiles = st.builds(lambda head, rest: f"1{head}{rest:09}", st.sampled_from("3456789"), st.integers(0, 999_999_999))
cards = st.one_of(
    st.builds(card, st.just("62"), st.text(string.digits, min_size=13, max_size=16)),
    st.builds(card, st.just("4"), st.text(string.digits, min_size=14, max_size=14)),
    st.builds(card, st.sampled_from(["51", "53", "55"]), st.text(string.digits, min_size=13, max_size=13)),
)
areas = st.sampled_from(["010", "021", "025", "0571", "0898"])
# Words around a number: any text, but no digit next to it, which would make it another number, and no sum of money.
around = st.text(max_size=12).map(lambda text: f"{text}号是")
behind = st.text(max_size=12).map(lambda text: f"，{text}")


# What is hidden


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("我的身份证号是110101199003070011，能申请吗", f"我的身份证号是{IDENTITY}，能申请吗"),
        ("110101194303070010我妈", f"{IDENTITY}我妈"),
        ("身份证 110101 19430307 0010", f"身份证 {IDENTITY}"),
        ("１１０１０１１９４３０３０７００１０", IDENTITY),
        ("1101011943-0307-0010", IDENTITY),
        ("1101011943\n03070010", IDENTITY),
        ("11010119430307\u200b0010", IDENTITY),
        ("旧号110101430307001", f"旧号{IDENTITY}"),
        ("残疾证11010119430307001043", f"残疾证{IDENTITY}43"),
        ("一一〇一〇一一九四三〇三〇七〇〇一〇", IDENTITY),
        ("身份证号110101199003070012", f"身份证号{DOCUMENT}"),
        ("电话13812345678", f"电话{TELEPHONE}"),
        ("13812345678李女士", f"{TELEPHONE}李女士"),
        ("138 1234 5678", TELEPHONE),
        ("138-1234-5678", TELEPHONE),
        ("138.1234.5678", TELEPHONE),
        ("1 3 8 1 2 3 4 5 6 7 8", TELEPHONE),
        ("+86 138 1234 5678", TELEPHONE),
        ("（+86）13812345678", TELEPHONE),
        ("008613812345678", TELEPHONE),
        ("tel13812345678wx", f"tel{TELEPHONE}wx"),
        ("13812345678、13912345678", f"{TELEPHONE}、{TELEPHONE}"),
        ("13812345678元旦", f"{TELEPHONE}元旦"),
        ("一三八一二三四五六七八", TELEPHONE),
        ("幺三八 一二三四 五六七八", TELEPHONE),
        ("010-62345678", TELEPHONE),
        ("（010）6234 5678", TELEPHONE),
        ("02162345678", TELEPHONE),
        ("0571-8765432", TELEPHONE),
        ("+86 10 6234 5678", TELEPHONE),
        ("010-62345678转801", TELEPHONE),
        ("联系电话：62345678", f"联系电话：{TELEPHONE}"),
        ("卡号6222021234567890128", f"卡号{CARD}"),
        ("6222 0212 3456 7890 128", CARD),
        ("4111-1111-1111-1111", CARD),
        ("6222 0212 3456 7890 128 50元", f"{CARD} 50元"),
        ("护照E12345678", f"护照{DOCUMENT}"),
        ("护照：EA1234567", f"护照：{DOCUMENT}"),
        ("台胞证 01234567", f"台胞证 {DOCUMENT}"),
        ("港澳通行证号码CA1234567能用吗", f"港澳通行证号码{DOCUMENT}能用吗"),
        ("发到zhangsan@qq.com. 谢谢", f"发到{EMAIL}. 谢谢"),
        ("li@163.com.请回信", f"{EMAIL}.请回信"),
        ("zhang_san@mail.163.com.cn.", f"{EMAIL}."),
        ("医保卡号：A12345678", f"医保卡号：{DOCUMENT}"),
        ("发到zhang.san+1@mail.example.com.cn邮箱", f"发到{EMAIL}邮箱"),
        ("ｚｈａｎｇ＠ｑｑ．ｃｏｍ", EMAIL),
        ("11010119430307001013812345678", f"{IDENTITY}{TELEPHONE}"),
        ("1" * 31, DIGITS),
    ],
)
def test_numbers_of_persons_are_hidden(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "养老机构内设医务室至少配几名医生？",
        "长民〔2025〕2号第14条、国卫老龄发〔2022〕25号",
        "2025年12月31日，2025-12-31，20251231，2025.12.31，2024-2025",
        "补助15000000000元，1,234,567.89元，每床￥13812345678",
        "第1、3、5、7、9、11、13、15条",
        "12345热线、12320、96156、010-12345、021-962525、400-810-1234、95588、120",
        "网上信访12345，医保12393，养老96156",
        "索引号 11230000002482672/2023-01234、000014672/2024-00115",
        "统一社会信用代码12110000400012345X、91110105MA01ABCD2X、52110000500012345U",
        "MZ/T 039—2013，GB/T 35796-2017，WS/T 484—2015",
        "100张床位以上、80%、0.5名、3.14159265358979",
        "二〇二五年十二月三十一日，一百二十三",
        "110101199003070012",  # the check digit is wrong
        "110101199002300016",  # no such day
        "990101199003070015",  # nobody's province, and no card
        "10123456789、12812345678",  # no prefix of a mobile telephone
        "6222021234567890129",  # Luhn says no
        "社保卡20250101起启用",
        "@、a@、@b.c、a@b",
        "a-b_c.d",
    ],
)
def test_numbers_of_documents_stay(text: str) -> None:
    assert masked(text) == text


def test_the_documents_hold_nothing_to_hide(library: Library) -> None:
    for document in library:
        assert masked(document.text) == document.text


@unhurried
@given(before=st.text(max_size=30), number=identities, after=st.text(max_size=30), gap=st.sampled_from(["", " ", "-"]))
def test_an_identity_number_is_hidden_wherever_it_stands(before: str, number: str, after: str, gap: str) -> None:
    written = gap.join((number[:6], number[6:14], number[14:]))
    for each in (written, written.translate(FULL_WIDTH), written.lower()):
        assert each not in masked(before + each + after)


@unhurried
@given(before=around, number=mobiles, after=behind, gap=st.sampled_from(["", " ", "-", "—", "\u00a0"]))
def test_a_mobile_telephone_is_hidden_wherever_it_stands(before: str, number: str, after: str, gap: str) -> None:
    written = gap.join((number[:3], number[3:7], number[7:]))
    for each in (written, written.translate(FULL_WIDTH), f"+86{gap}{written}", number.translate(CHINESE)):
        assert masked(before + each + after) == masked(before) + TELEPHONE + masked(after)


@unhurried
@given(before=around, area=areas, number=st.integers(2_000_0000, 8_999_9999), after=behind)
def test_a_telephone_is_hidden_wherever_it_stands(before: str, area: str, number: int, after: str) -> None:
    for each in (f"{area}-{number}", f"({area}){number}", f"{area}{number}"):
        assert masked(before + each + after) == masked(before) + TELEPHONE + masked(after)


@unhurried
@given(before=around, number=cards, after=behind, gap=st.sampled_from(["", " ", "-"]))
def test_a_card_is_hidden_wherever_it_stands(before: str, number: str, after: str, gap: str) -> None:
    written = gap.join(number[place : place + 4] for place in range(0, len(number), 4))
    assert number[-8:] not in masked(before + written + after).replace(gap, "")


@unhurried
@given(number=identities, wrong=st.integers(1, 10))
def test_a_wrong_check_digit_makes_no_identity_number(number: str, wrong: int) -> None:
    signs = "0123456789X"
    other = number[:-1] + signs[(signs.index(number[-1]) + wrong) % 11]
    assert IDENTITY not in masked(other)


@unhurried
@given(text=st.text(st.characters() | st.sampled_from("0123456789０１２３一三八 -+@.Xx()"), max_size=200))
def test_any_text_is_taken_and_what_is_hidden_stays_so(text: str) -> None:
    once = masked(text)
    assert masked(once) == once
    assert impersonal(once) == impersonal(text)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "１",
        "13812345678 ",
        "1 ",
        "a@",
        "(86)",
        "110101194303070010",
        "4111 1111 1111 1112 ",
        "一",
        "一 ",
        "一 " * 30 + "x",
        "社保号",
        "1-",
        "a",
    ],
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        began = perf_counter()
        masked(text)
        return perf_counter() - began

    seconds(10_000)
    small = min(seconds(50_000) for _ in range(3))
    assert min(seconds(500_000) for _ in range(2)) < max(40 * small, 0.3)


def test_ten_megabytes_of_digits_take_less_than_a_second_or_two() -> None:
    text = "1234567890" * 1_000_000
    began = perf_counter()
    assert masked(text) == DIGITS
    assert perf_counter() - began < 2  # a fifth of a second on an idle machine


# What is answered


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("电话13812345678，养老机构内设医务室至少配几名医生？", "养老机构内设医务室至少配几名医生？"),
        ("我的电话是13812345678，养老机构内设医务室至少配几名医生？", "养老机构内设医务室至少配几名医生？"),
        ("老人（身份证号：110101194303070010）能办家庭病床吗", "老人能办家庭病床吗"),
        ("医务室要几名医生，答复请发zhang@example.com", "医务室要几名医生，答复请发"),
        ("定点药店的电话在哪里查", "定点药店的电话在哪里查"),
        ("养老机构内设医务室至少配几名医生？", "养老机构内设医务室至少配几名医生？"),
        ("13812345678", TELEPHONE),
        ("  13812345678  ", f"  {TELEPHONE}  "),
    ],
)
def test_a_question_is_answered_without_what_is_hidden(question: str, asked: str) -> None:
    assert impersonal(question) == asked
    assert impersonal(masked(question)) == asked  # as it is kept


# What is kept

ID, MOBILE, BANK, MAIL, FIXED = (
    "110101194303070010",
    "13812345678",
    "6222021234567890128",
    "zhang@example.com",
    "021-62345678",
)
QUESTION = f"我母亲（身份证号{ID}，电话{MOBILE}）住的养老机构内设医务室至少配几名医生？"


def test_neither_question_nor_reason_is_kept_with_personal_data(store: Store, assistant: Assistant) -> None:
    asked = Desk(assistant, store).ask(QUESTION)
    assert asked.answer.question == QUESTION.replace(ID, IDENTITY).replace(MOBILE, TELEPHONE)
    store.verdicts.add(asked.answer_id, "down", f"请回电{FIXED}，或汇到{BANK}，{MAIL}")
    with store.database.reading() as connection:
        (kept,) = connection.execute(select(turns.c.question, turns.c.interpreted_question))
        reason = connection.scalar(select(feedback.c.reason))
    assert kept.question == QUESTION.replace(ID, IDENTITY).replace(MOBILE, TELEPHONE)
    assert reason == f"请回电{TELEPHONE}，或汇到{CARD}，{EMAIL}"
    assert not [number for number in (ID, MOBILE) if number in kept.interpreted_question]


def test_no_region_is_kept_with_personal_data(store: Store, assistant: Assistant) -> None:
    asked = Desk(assistant, store).ask("医务室至少配几名医生？", filters=Filters(region=f"长宁区，电话{MOBILE}"))
    with store.database.reading() as connection:
        assert connection.scalar(select(turns.c.filters)) == {
            "region": f"长宁区，电话{TELEPHONE}",
            "document_ids": None,
            "as_of": None,
        }
    (turn,) = store.conversations.turns(asked.conversation_id)
    assert turn.filters == Filters(region=f"长宁区，电话{TELEPHONE}")


def test_no_byte_of_the_database_holds_personal_data(tmp_path: Path, assistant: Assistant) -> None:
    opened = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
    desk = Desk(assistant, opened)
    first = desk.ask(QUESTION)
    second = desk.ask(f"那护士呢？给{MOBILE.translate(FULL_WIDTH)}回话", first.conversation_id)
    desk.ask(f"{BANK}、{MAIL}、{FIXED}")
    opened.verdicts.add(second.answer_id, "down", f"打{MOBILE}，身份证{ID}")
    files = [path for path in tmp_path.iterdir() if path.name.startswith("yiyang.db")]
    assert any(path.name.endswith("-wal") and path.stat().st_size for path in files)
    bytes_kept = b"".join(path.read_bytes() for path in files)
    opened.close()
    assert "医务室".encode() in bytes_kept
    for number in (ID, MOBILE, BANK, MAIL, FIXED, MOBILE.translate(FULL_WIDTH), ID[6:14], MOBILE[3:]):
        assert number.encode() not in bytes_kept


@pytest.mark.parametrize("turn", ["我的电话{}，{}", "{1}请回电{0}", "我母亲（身份证号{0}）{1}"])
def test_a_conversation_opened_again_says_the_same(turn: str, store: Store, assistant: Assistant) -> None:
    desk, number = Desk(assistant, store), ID if "身份证" in turn else MOBILE
    for first, second in (
        ("养老机构内设医务室至少配几名医生？", "那护士呢？"),
        ("长宁的养老院里开个卫生所，护士最低要几个", "原文给我看看"),
        ("大兴 消防演习一年得搞几回？", "谁负责？"),
        ("补助多少钱？", "多久发一次？"),
    ):
        one = desk.ask(turn.format(number, first))
        assert one.answer.question == masked(turn.format(number, first))
        two = desk.ask(second, one.conversation_id)
        again = desk.recall(one.conversation_id)
        assert [shown(each.answer) for each in again] == [shown(each.answer) for each in (one, two)]


def shown(answer: Answer) -> tuple[object, ...]:
    return answer.status, answer.interpreted_question, answer.text, answer.citations, answer.related
