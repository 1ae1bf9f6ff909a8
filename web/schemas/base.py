"""What the models have in common: kinds of fields, and what they are checked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from assistant.answers import Filters
from assistant.questions import MAX_QUESTION
from web.wording import WordingError, clean_question, clean_words

MAX_LIMIT = 10
MAX_OFFSET = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly."""
SHA256_PATTERN = r"^[0-9a-f]{64}$"
MAX_LISTED = 200
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
AN_ID = "3f2b8c1e9a4d4f6fb0a1c2d3e4f50617"
A_SHA = "c20bd72c42769dc5c1530ea9c10d9bf2c76ad033386bd6d1f0a1e7a5694cca75"
ISSUERS = [
    "上海市长宁区民政局",
    "上海市长宁区卫生健康委员会",
    "上海市长宁区人力资源和社会保障局",
    "上海市长宁区医疗保障局",
]
A_QUESTION = "养老机构内设医务室至少配几名医生？"
A_TITLE = "关于进一步深化长宁区养老服务医养结合发展的实施方案"
A_QUOTE = "应按照《养老机构医务室基本标准（试行）》至少配置1名主执业点医师和1名注册护士"
A_URL = "/documents/changning-2025-2?start=1006&end=1045#2.1.2"


def about(description: str, example: Any, **constraints: Any) -> Any:
    """A field with what it means and one value it may take."""
    return Field(description=description, examples=[example], **constraints)


def _checked(check: Callable[[str], str]) -> BeforeValidator:
    def validate(value: object) -> object:
        try:
            return check(value) if isinstance(value, str) else value
        except WordingError as error:
            raise PydanticCustomError(error.code, "{words}", {"words": str(error)}) from None

    return BeforeValidator(validate)


def _day_only(value: object) -> object:
    if value is None or isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("date_format", "应为 YYYY-MM-DD 格式的日期")


_length: Any = {"minLength": 1, "maxLength": MAX_QUESTION}
Question = Annotated[str, _checked(clean_question), Field(json_schema_extra=_length)]
Words = Annotated[str, _checked(clean_words)]
Day = Annotated[date, BeforeValidator(_day_only)]
DocumentId = Annotated[str, Field(min_length=1, max_length=100)]


class RequestModel(BaseModel):
    """What a caller sends: nothing that is not listed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ResponseModel(BaseModel):
    """What a caller gets."""

    model_config = ConfigDict(frozen=True)


AS_OF = "按该日的时效，只用当日现行的文件；没有写明日期的文件不受此限"


class FiltersIn(RequestModel):
    """限定检索范围；不填即不限。"""

    region: Words | None = about(
        "地区，如“上海市长宁区”或“全国”", "上海市长宁区", default=None, min_length=1, max_length=50
    )
    document_ids: list[DocumentId] | None = about(
        "只在这些文件中检索", ["changning-2025-2"], default=None, min_length=1, max_length=100
    )
    as_of: Day | None = about(AS_OF, "2026-01-01", default=None)

    def to_filters(self) -> Filters:
        return Filters(self.region, None if self.document_ids is None else tuple(self.document_ids), self.as_of)


class PageRequest(RequestModel):
    """列表的一段。"""

    limit: int = about("最多返回几条", 50, default=50, ge=1, le=MAX_LISTED)
    offset: int = about("跳过前面几条", 0, default=0, ge=0, le=MAX_OFFSET)
