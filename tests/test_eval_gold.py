"""Gold files: what is read, and how each kind of mistake is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.library import Library, load_library
from eval.gold import ArticleRef, Expect, GoldError, read_gold, survey_gold
from eval.words import occurrences, occurs

FIRST = Path(__file__).parents[1] / "eval" / "gold" / "tuning.jsonl"
SOUND = {
    "id": "n01",
    "type": "numeric",
    "turns": ["养老机构内设医务室至少配几名医生？"],
    "gold": [{"doc": "changning-2025-2", "article": "2.1.2"}],
    "need_all": False,
    "must_include": ["至少配置1名主执业点医师"],
    "must_include_any": [],
    "expect": "answered",
}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def write(path: Path, *records: object) -> Path:
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    return path


def test_reads_the_format_of_the_design(tmp_path: Path, library: Library) -> None:
    (question,) = read_gold(write(tmp_path / "gold.jsonl", SOUND), library)
    assert question.gold == (ArticleRef("changning-2025-2", "2.1.2"),)
    assert question.expect is Expect.ANSWERED
    assert question.deciding_words == ("至少配置1名主执业点医师",)


def test_what_may_be_left_out_is(tmp_path: Path, library: Library) -> None:
    record = {
        "id": "u",
        "type": "unanswerable",
        "turns": ["明天下雨吗"],
        "expect": "not_found",
        "note": "闲聊",
        "_by": "某人",
    }
    (question,) = read_gold(write(tmp_path / "gold.jsonl", record), library)
    assert question.gold == ()
    assert not question.need_all
    assert question.unanswerable


@pytest.mark.parametrize(
    "wrapped",
    [
        "\ufeff{line}\n",
        "{line}\r\n",
        "\r\n\r\n  {line}  \r\n\n",
        "{line}",
    ],
    ids=["byte order mark", "CRLF", "blank lines", "no line end"],
)
def test_how_editors_leave_files(tmp_path: Path, wrapped: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(wrapped.replace("{line}", json.dumps(SOUND)).encode())
    assert [question.id for question in read_gold(path)] == ["n01"]


def test_a_line_separator_inside_a_string_ends_no_line(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", {**SOUND, "turns": ["医务室\u2028配几名医生"]})
    assert read_gold(path)[0].turns == ("医务室\u2028配几名医生",)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"must_includes": ["x"]}, "不认识的字段 must_includes"),
        ({"expect": "answer"}, "expect 不能是 answer"),
        ({"expect": None}, "expect 应为非空的字符串"),
        ({"id": " "}, "id 应为非空的字符串"),
        ({"id": 7}, "id 应为非空的字符串"),
        ({"turns": []}, "turns 至少应有一项"),
        ({"turns": "一个问题"}, "turns 应为由非空字符串组成的数组"),
        ({"turns": ["好", ""]}, "turns 应为由非空字符串组成的数组"),
        ({"need_all": "false"}, "need_all 应为 true 或 false"),
        ({"need_all": True}, "need_all 为 true 时，gold 至少应有两项"),
        ({"gold": []}, "expect 为 answered，但 gold 为空"),
        ({"gold": {"doc": "changning-2025-2", "article": "2.1.2"}}, "gold 应为数组"),
        ({"gold": [{"doc": "changning-2025-2"}]}, "gold 的每项应形如"),
        ({"gold": SOUND["gold"] * 2}, "gold 中有重复的条目"),  # type: ignore[operator]
        ({"gold": [{"doc": "changning-2025-3", "article": "1"}]}, "文件库中没有 changning-2025-3"),
        ({"gold": [{"doc": "changning-2025-2", "article": "2.1.99"}]}, "changning-2025-2 中没有条目 2.1.99"),
        ({"must_include": ["至少配置2名主执业点医师"]}, "标准条目的原文中没有“至少配置2名主执业点医师”"),
        ({"must_include": [], "must_include_any": ["3名医师"]}, "标准条目的原文中没有“3名医师”"),
    ],
)
def test_each_mistake_is_named_with_its_line(
    tmp_path: Path, library: Library, change: dict[str, object], reason: str
) -> None:
    path = write(tmp_path / "gold.jsonl", {**SOUND, "id": "ok"}, {**SOUND, **change})
    with pytest.raises(GoldError) as caught:
        read_gold(path, library)
    assert str(caught.value).startswith(f"{path} 第 2 行：")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"id": "n01", ', "不是完整的 JSON"),
        (b'["n01"]', "每行应为一个 JSON 对象"),
        (b"", "没有题目"),
        (b"\n \r\n", "没有题目"),
        ("{'id'：“一”}".encode("gb18030"), "不是 UTF-8 编码"),
    ],
    ids=["cut off", "an array", "empty", "blank", "GB 18030"],
)
def test_damaged_files(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(content)
    with pytest.raises(GoldError, match=reason):
        read_gold(path)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="找不到该文件"):
        read_gold(tmp_path / "none.jsonl")
    with pytest.raises(GoldError, match="文件夹"):
        read_gold(tmp_path)


def test_all_mistakes_are_told_at_once_and_the_rest_can_be_used(tmp_path: Path, library: Library) -> None:
    path = write(tmp_path / "gold.jsonl", {**SOUND, "expect": "x"}, SOUND, SOUND)
    questions, problems = survey_gold(path, library)
    assert [question.id for question in questions] == ["n01"]
    assert [problem.line for problem in problems] == [1, 3]
    assert "题号 n01 重复" in str(problems[1])


def test_words_may_be_those_of_a_child_of_the_gold_article(tmp_path: Path, library: Library) -> None:
    record = {**SOUND, "gold": [{"doc": "changning-2025-2", "article": "2.1"}]}
    assert read_gold(write(tmp_path / "gold.jsonl", record), library)


def test_our_own_questions_are_sound(library: Library) -> None:
    questions = read_gold(FIRST, library)
    assert len(questions) >= 100
    assert sum(question.unanswerable for question in questions) >= 20
    assert sum(len(question.turns) > 1 for question in questions) >= 10


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("100张床位", "不足100张床位的", ((2, 8),)),
        ("100张床位", "不足100 张\n床位的", ((2, 10),)),
        ("100 张床位", "不足100张床位的", ((2, 8),)),
        ("100张床位", "不足1000张床位的", ()),
        ("1名", "1名医师和1名护士", ((0, 2), (5, 7))),
        ("（一）", "一、（一）", ((2, 5),)),
        ("", "任何文字", ()),
        (" ", "任何 文字", ()),
    ],
)
def test_only_blank_space_may_differ(words: str, text: str, found: tuple[tuple[int, int], ...]) -> None:
    assert occurrences(words, text) == found
    assert occurs(words, text) == bool(found)
