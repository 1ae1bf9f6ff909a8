"""Many questions in one request, answered line by line."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WrapValidator, field_validator
from pydantic_core import PydanticCustomError

from web.schemas.base import A_QUESTION, RequestModel, ResponseModel, about
from web.schemas.problems import ProblemOut
from web.schemas.questions import AskResponse, QuestionRequest

MAX_BATCH = 100
"""Questions of one request."""


_Unread = Annotated[QuestionRequest, WrapValidator(lambda given, _: given)]
"""A question that is not read yet: each is checked when its turn comes, so that a bad one spoils only its line."""


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
