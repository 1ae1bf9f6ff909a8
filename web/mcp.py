"""The same answers for programs that speak the Model Context Protocol, over standard input and output.

Four tools take and give what the HTTP interface does. This module alone imports the package mcp, and only the command
imports this module.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.pipeline import open_assistant
from web import beijing, schemas
from web.api.checks import checked
from web.api.questions import searched
from web.asking import Desk
from web.problems import Problem, echo, invalid, problem_of
from web.settings import Settings
from web.store import open_store

NAME, TITLE = "yiyang", "医养问策"
INSTRUCTIONS = (
    "回答医养结合政策问题。回答只由文件原文组成，引文逐字、带文号和条款号，可用 verify_citation 核对。"
    "转述时请保留「」内的原文和出处，不要改写；status 为 not_found 时，文件库中没有依据，请如实告知。"
)
_log = logging.getLogger(__name__)


class ProvisionRequest(BaseModel):
    """要看的条目。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document_id: schemas.DocumentId = schemas.about("文件编号", "changning-2025-2")
    article_id: str = schemas.about("条目编号：各级序号以点相连", "2.1.2", min_length=1, max_length=100)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A tool: what it takes, what it gives, and how it is called by name."""

    title: str
    description: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    answer: Callable[[Desk, Any], BaseModel]
    only_reads: bool = True

    def listed(self, name: str) -> Tool:
        return Tool(
            name=name,
            title=self.title,
            description=self.description,
            input_schema=self.takes.model_json_schema(),
            output_schema=self.gives.model_json_schema(mode="serialization"),
            annotations=ToolAnnotations(
                title=self.title,
                read_only_hint=self.only_reads,
                destructive_hint=False,
                open_world_hint=False,
            ),
        )


def _ask(desk: Desk, request: schemas.QuestionRequest) -> schemas.AskResponse:
    asked = desk.ask(request.question, request.conversation_id, request.to_filters(), request.limit)
    return schemas.AskResponse.from_answer(asked, desk.assistant.library)


def _provision(desk: Desk, request: ProvisionRequest) -> schemas.ProvisionOut:
    document = desk.assistant.library.get(request.document_id)
    return schemas.ProvisionOut.of(document, document.find(request.article_id))


TOOLS = {
    "ask": _Kind(
        "提问",
        "用一句话提问，得到逐字引用文件原文的回答：answer 是完整的回答，citations 是可核对的引文。"
        "status：answered 有明文；unspecified 有相关规定但未写明所问；clarify 需补充；not_found 文件中没有。"
        "追问时带上返回的 conversation_id。",
        schemas.QuestionRequest,
        schemas.AskResponse,
        _ask,
        only_reads=False,  # the turn is kept, so that it can be followed up
    ),
    "search": _Kind(
        "检索",
        "列出与一句话相近的条目，最相近的在前；不作回答。可限定地区、文件和日期。",
        schemas.SearchRequest,
        schemas.SearchResponse,
        searched,
    ),
    "get_provision": _Kind(
        "看条目",
        "一个条目的全文，连同下级条目。文件编号和条目编号见 ask 的 citations 或 search 的 hits。",
        ProvisionRequest,
        schemas.ProvisionOut,
        _provision,
    ),
    "verify_citation": _Kind(
        "核对引文",
        "核对一条引文是否与文件逐字相符；不相符时说明原因。所需各项即 citations 中的同名字段。",
        schemas.VerifyRequest,
        schemas.VerifyResponse,
        lambda desk, claim: checked(desk.assistant.library, claim),
    ),
}


def serve(home: Path) -> None:
    """Serve over standard input and output until the other side hangs up.

    The other settings come from the environment. Raises IndexUnavailable, EncoderError, ModelError.
    """
    settings = Settings(home=home)
    assistant = open_assistant(settings.home, settings.encoder, beijing.today)
    store = open_store(settings.store_url)
    try:
        anyio.run(_run, server_over(Desk(assistant, store)))
    finally:
        store.close()


def server_over(desk: Desk) -> Server[Any]:
    """The server of the four tools."""

    async def listed(context: Any, parameters: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[kind.listed(name) for name, kind in TOOLS.items()])

    async def called(context: Any, parameters: CallToolRequestParams) -> CallToolResult:
        kind = TOOLS.get(parameters.name)
        if kind is None:
            raise MCPError(INVALID_PARAMS, f"没有名为「{echo(parameters.name)}」的工具。")
        return await anyio.to_thread.run_sync(call, desk, kind, parameters.arguments or {})

    return Server(
        NAME,
        version=version("yiyang"),
        title=TITLE,
        instructions=INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
    )


def call(desk: Desk, kind: _Kind, arguments: dict[str, Any]) -> CallToolResult:
    """What a tool gives, as a value and as its JSON; or why it gives nothing, in Chinese."""
    try:
        given = kind.answer(desk, kind.takes.model_validate(arguments))
    except ValidationError as error:
        return _refusal(invalid(error.errors()))
    except Exception as error:  # the outer boundary: a fault must neither end the server nor be told
        problem = problem_of(error)
        if problem.status >= 500:
            _log.exception("tool failed")
        return _refusal(problem)
    return CallToolResult(
        content=[TextContent(text=given.model_dump_json())], structured_content=given.model_dump(mode="json")
    )


def _refusal(problem: Problem) -> CallToolResult:
    fields = [f"{each['field']}：{each['message']}" for each in problem.errors]
    words = "\n".join((f"{problem.title}。{problem.detail}", *fields))
    return CallToolResult(content=[TextContent(text=words)], is_error=True)


async def _run(server: Server[Any]) -> None:
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
