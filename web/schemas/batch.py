"""Many questions in one request, answered line by line."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WrapValidator, field_validator
from pydantic_core import PydanticCustomError

from assistant.answers import Filters
from web.schemas.base import A_QUESTION, MAX_LIMIT, FiltersIn, Question, RequestModel, ResponseModel, about
from web.schemas.problems import ProblemOut
from web.schemas.questions import AskResponse
from web.store.conversations import ID_PATTERN

MAX_BATCH = 100
"""Questions of one request."""


class BatchQuestion(RequestModel):
    """一批问题中的一个，与单独提问时相同。"""

    question: Question = about("问题，1 至 500 字", A_QUESTION)
    conversation_id: str | None = about("接着哪段对话问；不填即开始新的对话", None, default=None, pattern=ID_PATTERN)
    filters: FiltersIn | None = about("限定检索范围", {"region": "上海市长宁区"}, default=None)
    limit: int = about("检索到的条文最多引用几处；比较和提纲不受此限", 3, default=3, ge=1, le=MAX_LIMIT, strict=True)

    def to_filters(self) -> Filters:
        return (self.filters or FiltersIn()).to_filters()


_Unread = Annotated[BatchQuestion, WrapValidator(lambda given, _: given)]
"""A BatchQuestion that is not read yet: each is checked when its turn comes, so that a bad one spoils only its line."""


class BatchRequest(RequestModel):
    """一批问题。"""

    questions: list[_Unread] = Field(
        description=f"1 至 {MAX_BATCH} 个问题；其中一个有误，只影响它自己的一行",
        examples=[[{"question": A_QUESTION}, {"question": "消防演练多久一次？"}]],
        json_schema_extra={"minItems": 1, "maxItems": MAX_BATCH},
    )

    @field_validator("questions")
    @classmethod
    def _few_enough(cls, questions: list[Any]) -> list[Any]:
        if not 1 <= len(questions) <= MAX_BATCH:
            words = f"这里有 {len(questions)} 个问题，一次可提 1 至 {MAX_BATCH} 个。"
            raise PydanticCustomError("batch_size", "{words}", {"words": words})
        return questions


class BatchLine(ResponseModel):
    """一行：一个问题的回答，或不能回答的原因。response 与 problem 有且只有一个。"""

    index: int = about("问题在请求中的位置，从 0 起", 0)
    response: AskResponse | None = about("回答", None, default=None)
    problem: ProblemOut | None = about(
        "不能回答的原因，与单独提问时的错误相同",
        {"code": "empty_question", "status": 422, "detail": "请写下要问的问题。"},
        default=None,
    )
