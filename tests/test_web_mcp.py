"""The four tools, called by the package's own client: a real process over its standard input and output."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.types import CallToolResult, TextContent

from assistant.pipeline import Assistant
from corpus.library import Library
from tests.conftest import REPOSITORY
from tests.watched import Watched
from tests.watched import watched as watched
from web.asking import Desk
from web.mcp import INSTRUCTIONS, TOOLS, server_over
from web.store import open_store

DOCTORS = "养老机构内设医务室至少配几名医生？"
NURSES = "那护士呢？"
CLAIM = ("document_id", "article_id", "start", "end", "quote", "document_sha256")
Talk = Callable[[Client], Awaitable[Any]]


@pytest.fixture(scope="module")
def program(home: Path, assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> StdioServerParameters:
    """`assistant`: its index is built by then."""
    database = tmp_path_factory.mktemp("mcp") / "yiyang.db"
    serve = f"from pathlib import Path; from web.mcp import serve; serve(Path({str(home.resolve())!r}))"
    return StdioServerParameters(
        command=sys.executable,
        args=["-c", serve],
        env={"YIYANG_DATABASE_URL": f"sqlite:///{database}"},
        cwd=REPOSITORY,
    )


def talk(server: Any, conversation: Talk, mode: str = "auto") -> Any:
    async def run() -> Any:
        with anyio.fail_after(60):
            async with Client(server, mode=mode) as client:
                return await conversation(client)

    return anyio.run(run)


async def give(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool gives, the same as a value and as JSON."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, words_of(result)
    given = result.structured_content
    assert isinstance(given, dict)
    assert json.loads(words_of(result)) == given
    return given


def words_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


# Over standard input and output


def test_the_tools_over_standard_input_and_output(program: StdioServerParameters, library: Library) -> None:
    async def conversation(client: Client) -> None:
        listed = await client.list_tools()
        assert [tool.name for tool in listed.tools] == ["ask", "search", "get_provision", "verify_citation"]

        first = await give(client, "ask", question=DOCTORS)
        assert first["status"] == "answered"
        citation = first["citations"][0]
        text = library.get(citation["document_id"]).text
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        follow_up = await give(client, "ask", question=NURSES, conversation_id=first["conversation_id"])
        assert follow_up["interpreted_question"] == "养老机构内设医务室至少配几名护士？"

        claim = {name: citation[name] for name in CLAIM}
        assert await give(client, "verify_citation", **claim) == {"valid": True, "reason": None}
        tampered = await give(client, "verify_citation", **{**claim, "quote": citation["quote"] + "吗"})
        assert not tampered["valid"]
        assert "不一致" in tampered["reason"]

        found = await give(client, "search", q="家庭医生签约", document_id=["daxing-2026-22"], limit=2)
        assert {hit["document_id"] for hit in found["hits"]} == {"daxing-2026-22"}
        assert len(found["hits"]) == 2
        hit = found["hits"][0]
        provision = await give(client, "get_provision", document_id=hit["document_id"], article_id=hit["article_id"])
        assert hit["snippet"] in provision["whole_text"]

    talk(program, conversation)


def test_refusals_over_standard_input_and_output(program: StdioServerParameters) -> None:
    """To a client of the time before 2026, which opens with a handshake."""

    async def conversation(client: Client) -> list[CallToolResult]:
        return [
            await client.call_tool("get_provision", {"document_id": "nowhere", "article_id": "1"}),
            await client.call_tool("ask", {"question": " "}),
        ]

    unknown, empty = talk(program, conversation, mode="legacy")
    assert unknown.is_error
    assert "文件库中没有「nowhere」" in words_of(unknown)
    assert empty.is_error
    assert "请写下要问的问题" in words_of(empty)


def test_without_an_index_it_ends_with_the_command_that_makes_one(home: Path, tmp_path: Path) -> None:
    (tmp_path / "models").symlink_to((home / "models").resolve())
    serve = f"from pathlib import Path; from web.mcp import serve; serve(Path({str(tmp_path)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", serve], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "IndexUnavailable" in done.stderr
    assert "python -m index build" in done.stderr


def test_the_web_server_does_not_load_the_package() -> None:
    loads = "import sys, web.app; raise SystemExit(any(name.split('.')[0] == 'mcp' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", loads], cwd=REPOSITORY, timeout=60, check=False).returncode == 0


# In one process


@pytest.fixture
def server(watched: Watched, tmp_path: Path) -> Iterator[Any]:
    store = open_store(f"sqlite:///{tmp_path / 'yiyang.db'}")
    yield server_over(Desk(watched, store))
    store.close()


def test_tools_are_described_in_chinese_with_every_field(server: Any) -> None:
    async def conversation(client: Client) -> Any:
        assert client.instructions == INSTRUCTIONS
        return (await client.list_tools()).tools

    tools = talk(server, conversation)
    assert {tool.name for tool in tools} == set(TOOLS)
    for tool in tools:
        assert not (tool.title + tool.description).isascii()
        assert tool.output_schema["type"] == "object"
        for schema in (tool.input_schema, tool.output_schema):
            for model in (schema, *schema.get("$defs", {}).values()):
                for name, field in model.get("properties", {}).items():
                    assert field.get("description"), (tool.name, name)
    hints = {tool.name: tool.annotations.read_only_hint for tool in tools}
    assert hints == {"ask": False, "search": True, "get_provision": True, "verify_citation": True}


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask", {}, "question：缺少这个字段"),
        ("ask", {"question": 3}, "question：应为字符串"),
        ("ask", {"question": "问" * 501}, "500 字以内"),
        ("ask", {"question": "a\x1bb"}, "U+001B"),
        ("ask", {"question": DOCTORS, "model": "x"}, "model：没有这个字段"),
        ("ask", {"question": DOCTORS, "conversation_id": "0" * 32}, "conversation_id 不存在"),
        ("ask", {"question": DOCTORS, "filters": {"document_ids": ["nowhere"]}}, "文件库中没有「nowhere」"),
        ("search", {"q": DOCTORS, "limit": 0}, "limit：不得小于 1"),
        ("search", {"q": DOCTORS, "document_id": ["nowhere"]}, "文件库中没有「nowhere」"),
        ("get_provision", {"document_id": "changning-2025-2", "article_id": "99"}, "该文件没有条目「99」"),
        ("get_provision", {"document_id": "changning-2025-2"}, "article_id：缺少这个字段"),
        ("verify_citation", {"document_id": "x"}, "quote：缺少这个字段"),
    ],
)
def test_mistakes_are_told_in_chinese(server: Any, tool: str, arguments: dict[str, Any], words: str) -> None:
    result = talk(server, lambda client: client.call_tool(tool, arguments))
    assert result.is_error
    assert words in words_of(result)


def test_a_document_that_is_not_there_makes_a_citation_invalid(server: Any) -> None:
    claim = {
        "document_id": "nowhere",
        "article_id": "1",
        "start": 0,
        "end": 1,
        "quote": "一",
        "document_sha256": "0" * 64,
    }
    given = talk(server, lambda client: give(client, "verify_citation", **claim))
    assert given == {"valid": False, "reason": "文件库中没有这份文件"}


def test_a_tool_that_is_not_there_is_told(server: Any) -> None:
    async def conversation(client: Client) -> None:
        with pytest.raises(MCPError, match="没有名为「answer」的工具"):
            await client.call_tool("answer", {})

    talk(server, conversation)


def test_a_fault_is_kept_from_the_caller_and_does_not_end_the_server(server: Any, watched: Watched) -> None:
    watched.faults.append(RuntimeError("secret particulars"))

    async def conversation(client: Client) -> Any:
        failed = await client.call_tool("ask", {"question": DOCTORS})
        return failed, await give(client, "ask", question=DOCTORS)

    failed, given = talk(server, conversation)
    assert failed.is_error
    assert "secret" not in words_of(failed)
    assert "服务暂时出错" in words_of(failed)
    assert given["status"] == "answered"
