"""Errors over HTTP: RFC 9457 problem+json, with a stable English code and a Chinese detail that says what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.middleware.errors import ServerErrorMiddleware

from corpus.library import UnknownDocument
from corpus.provisions import UnknownProvision
from web.operation.request_ids import current_id
from web.store.conversations import UnknownAnswer, UnknownConversation

_log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
LONGEST_ECHO = 60
"""Characters of the caller's own words that a problem repeats at most."""

KINDS: Mapping[str, tuple[int, str, str]] = {
    # code: status, title, detail where nothing more exact is known
    "invalid_json": (400, "请求不是有效的 JSON", "请求正文应为 UTF-8 编码的 JSON 对象，请检查引号、逗号和编码。"),
    "bad_request": (400, "无法读懂请求", "请检查请求的格式后重试。"),
    "signed_out": (401, "登录已过期", "请在新的窗口登录，再回到这一页继续；已填写的内容仍在。"),
    "forged_request": (403, "页面已过期", "没有作任何更改。请返回上一页，刷新后再提交。"),
    "key_required": (401, "需要密钥", "请在请求头中写明 Authorization: Bearer 密钥。密钥由管理员发放。"),
    "key_invalid": (401, "密钥不正确", "没有这个密钥，请检查是否抄写完整，或向管理员索取新的密钥。"),
    "key_revoked": (401, "密钥已停用", "这个密钥已被停用，请向管理员索取新的密钥。"),
    "key_expired": (401, "密钥已过期", "这个密钥已过有效期，请向管理员索取新的密钥。"),
    "key_not_allowed": (403, "密钥没有这项权限", "请向管理员申请所需的权限。"),
    "not_from_here": (403, "请从本站提交", "这次提交来自其他网站，请打开本站的页面后再提交。"),
    "unknown_conversation": (404, "没有这段对话", "conversation_id 不存在。要开始新的对话，请填 null 或不填。"),
    "unknown_answer": (404, "没有这个回答", "answer_id 不存在，请使用提问时返回的 answer_id。"),
    "unknown_document": (404, "没有这份文件", "文件库中没有这份文件，可用的编号见 /api/v1/documents。"),
    "unknown_article": (404, "没有这一条目", "该文件没有这个条目，条目编号见文件的 provisions。"),
    "not_found": (404, "没有这个地址", "请检查地址是否完整。"),
    "method_not_allowed": (405, "不支持这种请求方法", "请按接口说明改用允许的请求方法。"),
    "payload_too_large": (413, "请求过大", "请求正文太长，请缩短或分几次提交。"),
    "unsupported_media_type": (415, "不支持这种内容类型", "请以 Content-Type: application/json 发送请求。"),
    "upload_refused": (422, "文件没有收下", "请检查所选的文件后重新上传。"),
    "invalid_request": (422, "请求内容有误", "请按 errors 中的说明修改后重试。"),
    "empty_question": (422, "问题为空", "请写下要问的问题。"),
    "question_too_long": (422, "问题过长", "问题请控制在 500 字以内，可分几次提问。"),
    "control_characters": (422, "含有不可见的控制字符", "文字中含有控制字符或残缺字符，请删去后重试。"),
    "too_many_requests": (429, "请求过于频繁", "请稍候再试，需要等待的秒数见 Retry-After。"),
    "daily_quota_exceeded": (429, "今日次数已用完", "这个密钥今日的次数已用完，北京时间零时起重新计算。"),
    "too_many_attempts": (429, "密钥多次不正确", "请检查密钥，需要等待的秒数见 Retry-After。"),
    "batch_size": (422, "问题数目不对", "一次可提 1 至 100 个问题。"),
    "too_many_rows": (422, "筛选结果过多", "符合条件的行数超过一次导出的上限，请再加筛选条件。"),
    "internal_error": (500, "服务出错", "服务暂时出错，已记录，请稍后重试。"),
    "disk_full": (507, "服务器磁盘无法写入", "文件没有收下，请联系系统管理员检查磁盘空间，然后重新上传。"),
    "not_ready": (503, "服务尚未就绪", "服务正在启动或暂时不可用，请稍后重试。"),
}

_BY_STATUS: Mapping[int, str] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
}

_MESSAGES: Mapping[str, str] = {
    # pydantic's error type: what is wrong, with that error's own context
    "missing": "缺少这个字段",
    "extra_forbidden": "没有这个字段，请删去",
    "string_type": "应为字符串",
    "string_unicode": "含有残缺字符",
    "string_too_long": "不得超过 {max_length} 个字符",
    "string_too_short": "至少 {min_length} 个字符；不限定时请填 null 或不填",
    "string_pattern_mismatch": "格式不正确",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "数值过大",
    "int_from_float": "应为整数",
    "finite_number": "应为有限的数",
    "greater_than_equal": "不得小于 {ge}",
    "less_than_equal": "不得大于 {le}",
    "list_type": "应为数组",
    "too_long": "不得多于 {max_length} 项",
    "too_short": "至少 {min_length} 项；不限定时请填 null 或不填",
    "literal_error": "只能是 {expected}",
    "date_range": "应在 {first} 至 {last} 之间",
    "model_type": "应为 JSON 对象",
    "model_attributes_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
}


class Problem(Exception):
    """A request that cannot be served. Raises KeyError where the code is not in KINDS."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.code = code
        self.status, self.title, usual = KINDS[code]
        self.detail = detail or usual
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        super().__init__(f"{code}: {self.detail}")

    def body(self) -> dict[str, Any]:
        members: dict[str, Any] = {
            "type": f"urn:yiyang:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        occurrence = {"instance": f"urn:yiyang:request:{request_id}"} if (request_id := current_id()) else {}
        return members | occurrence | ({"errors": list(self.errors)} if self.errors else {})

    def response(self) -> Response:
        return JSONResponse(self.body(), self.status, headers=self.headers, media_type=MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """The problem that an exception is; whatever is not known is an internal_error without particulars."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return invalid(error.errors())
        case UnknownDocument():
            return Problem(
                "unknown_document", _unknown("文件库中没有", error.document_id, "可用的编号见 /api/v1/documents。")
            )
        case UnknownProvision():
            return Problem(
                "unknown_article", _unknown("该文件没有条目", error.article_id, "条目编号见文件的 provisions。")
            )
        case UnknownConversation():
            return Problem("unknown_conversation")
        case UnknownAnswer():
            return Problem("unknown_answer")
        case HTTPException():
            return _of_http(error)
        case SQLAlchemyError():
            return Problem("not_ready", headers={"Retry-After": "5"})
    return Problem("internal_error", _recorded(current_id()))


def invalid(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """The problem that pydantic's errors amount to: the code of the first that has its own, else invalid_request."""
    found = [*errors]
    if any(error["type"] == "json_invalid" for error in found):
        return Problem("invalid_json")
    listed = [{"field": _field(error["loc"]), "message": _message(error)} for error in found]
    for error, entry in zip(found, listed, strict=True):
        if error["type"] in KINDS:
            return Problem(error["type"], entry["message"], listed)
    return Problem("invalid_request", errors=listed)


def install(app: FastAPI, page: Callable[[Request, Problem], Response | None]) -> None:
    """Answer every error with a problem, or with the page that `page` makes of it for a browser."""

    async def answer(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if isinstance(error, SQLAlchemyError):  # any other fault goes on to the server, which logs it
            _log.error("the database does not answer", exc_info=error)
        return page(request, problem) or problem.response()

    known = (Problem, RequestValidationError, HTTPException, SQLAlchemyError)
    unknown_ids = (UnknownDocument, UnknownProvision, UnknownConversation, UnknownAnswer)
    for kind in (*known, *unknown_ids, Exception):
        app.add_exception_handler(kind, answer)
    # FastAPI's own lies outside of every other middleware: a fault would get no request id and no security headers
    app.add_middleware(ServerErrorMiddleware, handler=answer)


def echo(words: object) -> str:
    """The caller's own words, short and safe to encode and to show."""
    text = str(words).encode("utf-8", "replace").decode()
    shown = "".join(character if character.isprintable() else "�" for character in text)
    return shown if len(shown) <= LONGEST_ECHO else f"{shown[:LONGEST_ECHO]}…"


def _of_http(error: HTTPException) -> Problem:
    """What Starlette and FastAPI refuse by themselves, and bodies that web.limits refuses."""
    if error.status_code == 400 and isinstance(error.__cause__, ValueError | RecursionError):
        return Problem("invalid_json")  # not UTF-8, numbers too long, nested too deep
    code = _BY_STATUS.get(error.status_code, "bad_request")
    return Problem(code, error.detail if code == "payload_too_large" else "", headers=error.headers)


def _recorded(request_id: str) -> str:
    """What somebody can do who meets a fault: try again, and read out the id under which the log has it."""
    return f"服务暂时出错，已记录，请稍后重试；如需查询，请告知编号 {request_id}。" if request_id else ""


def _unknown(before: str, words: str, after: str) -> str:
    return f"{before}「{echo(words)}」，{after}"


def _field(location: Sequence[object]) -> str:
    """filters.document_ids.0, without the leading body or query."""
    inner = location[1:] if location and location[0] in ("body", "query", "path", "form") else location
    return ".".join(echo(part) for part in inner)


def _message(error: Mapping[str, Any]) -> str:
    if error["type"] in KINDS:
        return str(error["msg"])
    template = _MESSAGES.get(error["type"], "应为 YYYY-MM-DD 格式的日期" if "date" in error["type"] else "取值不正确")
    return template.format_map({key: echo(value) for key, value in (error.get("ctx") or {}).items()})
