"""Documents and their articles."""

from __future__ import annotations

from datetime import date
from typing import Any

from corpus.library import Library
from corpus.provisions import PolicyDocument, Provision
from corpus.relations.validity import Standing
from web import beijing, links
from web.schemas.base import A_QUOTE, A_SHA, A_TITLE, ISSUERS, ResponseModel, about


class DocumentSummary(ResponseModel):
    """一份文件。"""

    document_id: str = about("文件编号", "changning-2025-2")
    title: str = about("文件标题", A_TITLE)
    document_number: str | None = about("文号；文件未注明时为 null", "长民〔2025〕2号")
    issuers: list[str] = about("发文机关", ISSUERS)
    issued_on: date | None = about("成文日期；文件未注明时为 null", "2025-01-02")
    region: str | None = about("适用地区", "上海市长宁区")
    status: str | None = about("文件或其网页注明的时效；未注明时为 null", "现行有效")
    standing: Standing = about("今日的时效，依文件自身和库中其他文件所写推定，未计库外文件的影响", "现行有效")
    effective_on: date | None = about("施行日期；文件未注明时为 null", "2025-02-01")
    expires_on: date | None = about("有效期的最后一日；文件未注明时为 null", "2030-01-31")
    document_sha256: str = about("规范文本的 SHA-256", A_SHA)
    characters: int = about("规范文本的字符数", 4670)
    url: str = about("文件页面的地址（站内）", "/documents/changning-2025-2")

    @classmethod
    def facts(cls, document: PolicyDocument, library: Library) -> dict[str, Any]:
        metadata = document.metadata
        return {
            "document_id": document.document_id,
            "title": metadata.title,
            "document_number": metadata.document_number,
            "issuers": list(metadata.issuers),
            "issued_on": metadata.issued_on,
            "region": metadata.region,
            "status": metadata.status,
            "standing": library.validity[document.document_id].standing(beijing.today()),
            "effective_on": metadata.effective_on,
            "expires_on": metadata.expires_on,
            "document_sha256": document.sha256,
            "characters": len(document.text),
            "url": links.document_url(document.document_id),
        }

    @classmethod
    def of(cls, document: PolicyDocument, library: Library) -> DocumentSummary:
        return cls(**cls.facts(document, library))


class DocumentList(ResponseModel):
    """文件库。"""

    documents: list[DocumentSummary] = about("全部文件", [])
    index_version: str = about("所用索引的版本", "b1946ac92492d234")


class ProvisionSummary(ResponseModel):
    """文件中的一个条目。"""

    article_id: str = about("条目编号", "2.1.2")
    label: str = about("条目在文件中的写法", "二、（一）2.")
    heading: str = about("小标题；没有时为空", "")
    level: int = about("层级，最外层为 1", 3)
    parent: str | None = about("上一级条目的编号", "2.1")
    start: int = about("条目自身文字的起点", 984)
    end: int = about("条目自身文字的终点（不含）", 1113)
    subtree_end: int = about("连同下级条目的终点（不含）", 1113)
    url: str = about("文件页面的地址（站内）", "/documents/changning-2025-2#2.1.2")

    @classmethod
    def facts(cls, document: PolicyDocument, provision: Provision) -> dict[str, Any]:
        return {
            "article_id": provision.article_id,
            "label": provision.label,
            "heading": provision.heading,
            "level": provision.level,
            "parent": provision.parent,
            "start": provision.start,
            "end": provision.end,
            "subtree_end": provision.subtree_end,
            "url": links.provision_url(document.document_id, provision.article_id),
        }


class DocumentOut(DocumentSummary):
    """一份文件及其条目。"""

    provisions: list[ProvisionSummary] = about("全部条目，依文件中的次序；各条目自身文字相连即为全文", [])

    @classmethod
    def of(cls, document: PolicyDocument, library: Library) -> DocumentOut:
        summaries = [ProvisionSummary(**ProvisionSummary.facts(document, each)) for each in document.walk()]
        return cls(**cls.facts(document, library), provisions=summaries)


class ProvisionOut(ProvisionSummary):
    """一个条目的全文。"""

    document_id: str = about("文件编号", "changning-2025-2")
    title: str = about("文件标题", A_TITLE)
    document_number: str | None = about("文号；文件未注明时为 null", "长民〔2025〕2号")
    headings: list[str] = about("条目及其上各级的小标题，由外到内", ["主要任务", "多渠道推进养老机构医养结合发展"])
    text: str = about("条目自身的文字，逐字", A_QUOTE)
    whole_text: str = about("连同下级条目的文字，逐字", A_QUOTE)
    children: list[str] = about("下一级条目的编号", [])
    document_sha256: str = about("规范文本的 SHA-256", A_SHA)

    @classmethod
    def of(cls, document: PolicyDocument, provision: Provision) -> ProvisionOut:
        return cls(
            **cls.facts(document, provision),
            document_id=document.document_id,
            title=document.metadata.title,
            document_number=document.metadata.document_number,
            headings=list(document.headings(provision)),
            text=document.own_text(provision),
            whole_text=document.whole_text(provision),
            children=[child.article_id for child in document.children(provision.article_id)],
            document_sha256=document.sha256,
        )
