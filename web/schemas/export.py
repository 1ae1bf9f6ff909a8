"""The library as lines for other systems: a line a document, then a line a provision."""

from __future__ import annotations

from datetime import date
from typing import Literal

from corpus.library import Library
from corpus.provisions import PolicyDocument, Provision
from corpus.relations.validity import Standing
from web import links
from web.exports.identifiers import eid_of, expression_of, portion_of, work_of
from web.schemas.base import A_SHA, A_TITLE, ISSUERS, DocumentId, RequestModel, ResponseModel, Words, about

_WORK = "/akn/cn-310105/doc/plan/上海市长宁区民政局/2025-01-02/长民-2025-2号"
_EID = "level_2__level_1__level_2"


class ExportRequest(RequestModel):
    """要导出哪些文件；不填即全部。"""

    document_id: list[DocumentId] | None = about(
        "只导出这些文件，可重复", ["changning-2025-2"], default=None, min_length=1, max_length=100
    )
    region: Words | None = about("地区", "上海市长宁区", default=None, min_length=1, max_length=50)

    def takes(self, document: PolicyDocument) -> bool:
        """Whether a document is wanted."""
        return (self.document_id is None or document.document_id in self.document_id) and (
            self.region is None or self.region in (document.metadata.region or "")
        )


class ExportedDocument(ResponseModel):
    """一份文件。其后是它的全部条目，各占一行，依文件中的次序。"""

    type: Literal["document"] = about("这一行是什么", "document", default="document")
    document_id: str = about("文件编号，在本库中唯一", "changning-2025-2")
    work: str = about("作品的标识（Akoma Ntoso 式，见接口说明）：国家、文种、机关、日期、文号", _WORK)
    expression: str = about("文本的标识：作品加语言和成文日期", f"{_WORK}/zho@2025-01-02")
    title: str = about("标题", A_TITLE)
    document_number: str | None = about("文号；文件未注明时为 null", "长民〔2025〕2号")
    issuers: list[str] = about("发文机关", ISSUERS)
    region: str | None = about("适用地区", "上海市长宁区")
    issued_on: date | None = about("成文日期；文件未注明时为 null", "2025-01-02")
    effective_on: date | None = about("施行日期；文件未注明时为 null", None)
    standing: Standing = about("今日的时效，依库中文件推定", "现行有效")
    characters: int = about("规范文本的字符数", 4670)
    provisions: int = about("条目数，即其后属于它的行数", 28)
    sha256: str = about("规范文本（UTF-8）的 SHA-256；各条目的 text 依次相连即规范文本", A_SHA)
    url: str = about("文件页面的地址（站内）", "/documents/changning-2025-2")
    index_version: str = about("所用索引的版本", "b1946ac92492d234")

    @classmethod
    def of(cls, document: PolicyDocument, library: Library, today: date, index_version: str) -> ExportedDocument:
        facts = document.metadata
        return cls(
            document_id=document.document_id,
            work=work_of(document),
            expression=expression_of(document),
            title=facts.title,
            document_number=facts.document_number,
            issuers=list(facts.issuers),
            region=facts.region,
            issued_on=facts.issued_on,
            effective_on=facts.effective_on,
            standing=library.validity[document.document_id].standing(today),
            characters=len(document.text),
            provisions=len(document.provisions),
            sha256=document.sha256,
            url=links.document_url(document.document_id),
            index_version=index_version,
        )


class ExportedProvision(ResponseModel):
    """一个条目的自有文字：从它的序号到它的第一个下级条目为止。"""

    type: Literal["provision"] = about("这一行是什么", "provision", default="provision")
    document_id: str = about("文件编号", "changning-2025-2")
    article_id: str = about("条目编号：各级序号以点相连，与问答接口相同", "2.1.2")
    eid: str = about("条目的标识（Akoma Ntoso 的 eId），在文件中唯一", _EID)
    iri: str = about("文本的标识加条目的标识", f"{_WORK}/zho@2025-01-02/~{_EID}")
    parent: str | None = about("上级条目的 eid；没有时为 null", "level_2__level_1")
    label: str = about("条目在文件中的写法", "二、（一）2.")
    heading: str = about("小标题；没有时为空", "")
    level: int = about("层级，最外层为 1", 3)
    start: int = about("起点：规范文本中的字符位置，从 0 起", 984)
    end: int = about("终点（不含）", 1113)
    text: str = about("自有文字，逐字，连同末尾的换行", "2. 对养老机构内设医务室…")

    @classmethod
    def of(cls, provision: Provision, document: PolicyDocument) -> ExportedProvision:
        eid = eid_of(provision.article_id, document)
        return cls(
            document_id=document.document_id,
            article_id=provision.article_id,
            eid=eid,
            iri=portion_of(document, eid),
            parent=eid_of(provision.parent, document) if provision.parent else None,
            label=provision.label,
            heading=provision.heading,
            level=provision.level,
            start=provision.start,
            end=provision.end,
            text=document.own_text(provision),
        )
