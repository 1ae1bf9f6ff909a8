"""Errors, and the state of the service."""

from __future__ import annotations

from web.schemas.base import ResponseModel, about


class FieldProblem(ResponseModel):
    """一个字段的问题。"""

    field: str = about("字段，内层以点相连；整个请求有误时为空", "question")
    message: str = about("哪里不对、该怎么改", "请写下要问的问题。")


class ProblemOut(ResponseModel):
    """错误（RFC 9457）。"""

    type: str = about("错误类型的标识", "urn:yiyang:problem:empty_question")
    title: str = about("错误名称", "问题为空")
    status: int = about("HTTP 状态码", 422)
    detail: str = about("哪里不对、该怎么改", "请写下要问的问题。")
    code: str = about("稳定的英文代码，供程序判断", "empty_question")
    instance: str | None = about(
        "这次请求的标识，末段是请求编号，与响应头 X-Request-Id 相同", "urn:yiyang:request:7qk3-9ftm-2xhd", default=None
    )
    errors: list[FieldProblem] | None = about("各字段的问题；只在内容有误时有", None, default=None)


class Health(ResponseModel):
    """服务状态。"""

    status: str = about("ok 或 ready", "ready")
    index_version: str | None = about("所用索引的版本", "b1946ac92492d234", default=None)
    documents: int | None = about("文件数", 5, default=None)
