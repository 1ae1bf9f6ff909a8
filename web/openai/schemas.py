"""The part of OpenAI's chat interface that is served, field by field; its other parameters are ignored or refused.

Source: the API reference of chat completions. What OpenAI's form has no place for is in fields of our own: `citations`,
`status` and `answer_id` of a message, and of the last delta of a stream.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.answers import Status
from web.asking import Asked
from web.schemas import CitationOut, about

MODEL = "yiyang"
MAX_MESSAGES = 1000
_ID = "3f2b8c1e9a4d4f6fb0a1c2d3e4f50617"
_VERSION = "b1946ac92492d234"
_TIME = 1790000000
_TEXT = "上海市长宁区规定：「至少配置1名主执业点医师和1名注册护士」。"


class _Request(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Response(BaseModel):
    model_config = ConfigDict(frozen=True)


class ContentPart(_Request):
    """消息的一部分；只接受文字。"""

    type: str = about("类型，只接受 text", "text", max_length=50)
    text: str = about("文字", "养老机构内设医务室至少配几名医生？", default="")


class ChatMessage(_Request):
    """对话中的一条消息。"""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = about(
        "user 为提问，其余不影响回答；不接受 tool 和 function", "user"
    )
    content: str | list[ContentPart] | None = about("文字", "养老机构内设医务室至少配几名医生？", default=None)

    @property
    def words(self) -> str:
        """The text of its parts."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or ())


class StreamOptions(_Request):
    """流式回答的选项。"""

    include_usage: bool | None = about("最后另发一段用量", True, default=None)


class ChatRequest(BaseModel):
    """一次对话请求。温度、最大长度等用于语言模型的参数一概忽略；工具、图片、音频等不予接受。"""

    model_config = ConfigDict(extra="allow", frozen=True)

    model: str = about("模型，只有 yiyang 一个", MODEL, max_length=100)
    messages: list[ChatMessage] = about(
        "对话，最后一条为所问；此前的提问用于理解追问",
        [{"role": "user", "content": "养老机构内设医务室至少配几名医生？"}],
        min_length=1,
        max_length=MAX_MESSAGES,
    )
    stream: bool | None = about("是否以 SSE 分段返回", False, default=None)
    stream_options: StreamOptions | None = about("流式回答的选项", {"include_usage": True}, default=None)


class Usage(_Response):
    """用量。回答不用语言模型，各项恒为 0。"""

    prompt_tokens: int = about("恒为 0", 0)
    completion_tokens: int = about("恒为 0", 0)
    total_tokens: int = about("恒为 0", 0)


NO_TOKENS = Usage(prompt_tokens=0, completion_tokens=0, total_tokens=0)


class CompletionMessage(_Response):
    """回答。"""

    role: Literal["assistant"] = about("恒为 assistant", "assistant", default="assistant")
    content: str = about("完整的纯文本回答：结论、引文、出处", _TEXT)
    refusal: None = about("恒为 null", None, default=None)
    citations: list[CitationOut] = about("引文，最切题的在前", [])
    status: Status = about(
        "answered 有明文；unspecified 有相关规定但未写明所问；clarify 需补充；not_found 文件中没有", "answered"
    )
    answer_id: str = about("回答编号，评价时带上", _ID)


class Choice(_Response):
    """唯一的一个回答。"""

    index: int = about("恒为 0", 0, default=0)
    message: CompletionMessage = about("回答", {"role": "assistant", "content": _TEXT})
    logprobs: None = about("恒为 null", None, default=None)
    finish_reason: Literal["stop"] = about("恒为 stop", "stop", default="stop")


class _Head(_Response):
    id: str = about("编号", f"chatcmpl-{_ID}")
    created: int = about("时间，Unix 秒", _TIME)
    model: str = about("模型", MODEL, default=MODEL)
    system_fingerprint: str = about("所用索引的版本；版本相同，回答相同", _VERSION)


class Completion(_Head):
    """一个完整的回答。"""

    object: Literal["chat.completion"] = about("恒为 chat.completion", "chat.completion", default="chat.completion")
    choices: list[Choice] = about("回答，恒为一个", [{"index": 0, "finish_reason": "stop"}])
    usage: Usage = about("用量", {"total_tokens": 0}, default=NO_TOKENS)


class Delta(_Response):
    """一段回答；引文等在最后一段。"""

    role: Literal["assistant"] = about("在第一段，恒为 assistant", "assistant", default="assistant")
    content: str = about("接在前一段之后的文字", "上海市长宁区规定：", default="")
    citations: list[CitationOut] = about("在最后一段：引文，最切题的在前", [], default=[])
    status: Status | None = about("在最后一段：结果", "answered", default=None)
    answer_id: str | None = about("在最后一段：回答编号", _ID, default=None)


class ChunkChoice(_Response):
    """唯一的一个回答的一段。"""

    index: int = about("恒为 0", 0, default=0)
    delta: Delta = about("接在前一段之后的内容", {"content": "上海市长宁区规定："})
    logprobs: None = about("恒为 null", None, default=None)
    finish_reason: Literal["stop"] | None = about("最后一段为 stop，此前为 null", None, default=None)


class Chunk(_Head):
    """SSE 中的一段。"""

    object: Literal["chat.completion.chunk"] = about(
        "恒为 chat.completion.chunk", "chat.completion.chunk", default="chat.completion.chunk"
    )
    choices: list[ChunkChoice] = about("恒为一个；只有用量的一段为空", [{"index": 0, "delta": {"content": "…"}}])
    usage: Usage | None = about("用量，只在要求时有", None, default=None)


class ModelOut(_Response):
    """一个模型。"""

    id: str = about("模型", MODEL, default=MODEL)
    object: Literal["model"] = about("恒为 model", "model", default="model")
    created: int = about("服务启动的时间，Unix 秒", _TIME)
    owned_by: str = about("提供者", "yiyang", default="yiyang")


class ModelList(_Response):
    """模型目录。"""

    object: Literal["list"] = about("恒为 list", "list", default="list")
    data: list[ModelOut] = about("全部模型，只有一个", [{"id": MODEL, "object": "model"}])


class ErrorBody(_Response):
    """错误的内容。"""

    message: str = about("哪里不对、该怎么改", "不支持工具调用，请去掉 tools 后重试。")
    type: str = about("错误的种类", "invalid_request_error")
    param: str | None = about("有误的参数", "tools")
    code: str = about("稳定的英文代码，供程序判断", "unsupported_parameter")


class ErrorOut(_Response):
    """错误，OpenAI 的形式。"""

    error: ErrorBody = about("错误", {"message": "不支持工具调用。", "type": "invalid_request_error"})


def said(asked: Asked, citations: list[CitationOut]) -> CompletionMessage:
    """The message of an answer."""
    answer = asked.answer
    return CompletionMessage(content=answer.text, citations=citations, status=answer.status, answer_id=asked.answer_id)
