"""How outcomes, kinds and decisions are called on the pages of those who keep the answers good."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.answers import QuestionType, Status
from web.store.queue import Decision, Kind

KINDS: Mapping[Kind, str] = {
    Kind.NOT_FOUND: "没有找到",
    Kind.UNSPECIFIED: "涉及而未写明",
    Kind.CLARIFY: "问得笼统",
    Kind.DOWN: "评为没有帮助",
}
DECISIONS: Mapping[Decision, str] = {
    Decision.DONE: "已处理",
    Decision.IGNORED: "已忽略",
    Decision.GOLD: "已转为金标题目",
    Decision.GLOSSARY: "已转为词汇条目",
}
OUTCOMES: Mapping[Status, str] = {
    Status.ANSWERED: "文件有明文",
    Status.UNSPECIFIED: "涉及而未写明",
    Status.CLARIFY: "请再说具体",
    Status.NOT_FOUND: "没有找到",
}
TYPES: Mapping[QuestionType, str] = {
    QuestionType.QUANTITY: "数量",
    QuestionType.PERMISSION: "能否、应否",
    QuestionType.RESPONSIBILITY: "谁负责",
    QuestionType.DEADLINE: "期限",
    QuestionType.PROCEDURE: "办法与条件",
    QuestionType.LIST: "有哪些",
    QuestionType.FACT: "文件信息",
    QuestionType.LOOKUP: "查条文",
    QuestionType.COMPARISON: "对照",
    QuestionType.OUTLINE: "概要",
    QuestionType.GENERAL: "其他",
}
