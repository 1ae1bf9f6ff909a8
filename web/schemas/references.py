"""What refers to what."""

from __future__ import annotations

from corpus.library import Library
from corpus.provisions import PolicyDocument
from corpus.relations.resolution import Link, Missing, Target
from web import links
from web.schemas.base import ResponseModel, about


class DocumentRefOut(ResponseModel):
    """文件库中的一份文件，只列名称。"""

    document_id: str = about("文件编号", "national-2025-8")
    title: str = about("文件标题", "医养结合示范项目工作方案（2025年版）")
    document_number: str | None = about("文号；文件未注明时为 null", "国卫老龄发〔2025〕8号")
    url: str = about("文件页面的地址（站内）", "/documents/national-2025-8")

    @classmethod
    def of(cls, document_id: str, library: Library) -> DocumentRefOut:
        facts = library.get(document_id).metadata
        return cls(
            document_id=document_id,
            title=facts.title,
            document_number=facts.document_number,
            url=links.document_url(document_id),
        )


REVISED = "所指文件此后重新制定或修订过，这个条号现在可能已是另一条，请对照原文核实。"


class TargetOut(ResponseModel):
    """所指的文件和条目。"""

    document_id: str = about("文件编号", "national-2024-40")
    title: str = about("文件标题", "关于促进医养结合服务高质量发展的指导意见")
    document_number: str | None = about("文号；文件未注明时为 null", "国卫老龄发〔2024〕40号")
    article_id: str | None = about("所指条目的编号；指整份文件，或文件中没有这一条时为 null", None)
    label: str | None = about("所指条目在文件中的写法；没有条目时为 null", None)
    url: str = about("文件页面的地址（站内），有条目的打开即见该条", "/documents/national-2024-40")
    revised: bool = about("所指文件在提到它的文件成文之后重新制定或修订过，条号可能已变", False)
    warning: str | None = about("条号可能已变时的提示；否则为 null", None)

    @classmethod
    def of(cls, target: Target, library: Library) -> TargetOut:
        document = library.get(target.document_id)
        article = document.find(target.article_id) if target.article_id else None
        return cls(
            document_id=target.document_id,
            title=document.metadata.title,
            document_number=document.metadata.document_number,
            article_id=target.article_id,
            label=article.label if article else None,
            url=links.target_url(target),
            revised=target.revised,
            warning=REVISED if target.revised else None,
        )


class ReferenceOut(ResponseModel):
    """文件中提到一份文件，或其中一条的地方。"""

    document_id: str = about("提到它的文件", "national-2025-8")
    document_title: str = about("提到它的文件的标题", "医养结合示范项目工作方案（2025年版）")
    article_id: str = about("提到它的条目", "0")
    label: str = about("该条目在文件中的写法", "文首")
    words: str = about("提到它的字句，逐字", "《关于促进医养结合服务高质量发展的指导意见》（国卫老龄发〔2024〕40号）")
    start: int = about("字句起点：规范文本中的字符位置，从 0 起", 423)
    end: int = about("字句终点（不含）", 461)
    url: str = about("文件页面的地址（站内），打开即见这些字句", "/documents/national-2025-8?start=423&end=461#0")
    title: str = about(
        "所提文件的标题，不含书名号；用简称的，为简称所代表的标题", "关于促进医养结合服务高质量发展的指导意见"
    )
    document_number: str | None = about("一并写明的文号；没有写明时为 null", "国卫老龄发〔2024〕40号")
    own: bool = about("所提的是文件自己，如“本办法第九条”", False)
    paper: bool = about("所提的是证书、表格、合同一类，不是政策文件", False)
    in_library: bool = about("文件库中有所提的文件", True)
    target: TargetOut | None = about("所指的文件和条目；文件库中没有，或不能确定是哪一份时为 null", None)
    candidates: list[DocumentRefOut] = about("不能确定是哪一份时，可能的各份", [])

    @classmethod
    def of(cls, link: Link, library: Library) -> ReferenceOut:
        reference = link.reference
        document = library.get(reference.document_id)
        return cls(
            document_id=reference.document_id,
            document_title=document.metadata.title,
            article_id=reference.article_id,
            label=document.find(reference.article_id).label,
            words=document.text[reference.start : reference.end],
            start=reference.start,
            end=reference.end,
            url=links.words_url(reference.document_id, reference.article_id, reference.start, reference.end),
            title=reference.title,
            document_number=reference.document_number,
            own=reference.own,
            paper=reference.names_a_paper,
            in_library=link.target is not None or bool(link.candidates),
            target=TargetOut.of(link.target, library) if link.target else None,
            candidates=[DocumentRefOut.of(each, library) for each in link.candidates],
        )


class ReferencesOut(ResponseModel):
    """一份文件与其他文件的引用关系。"""

    document_id: str = about("文件编号", "national-2025-8")
    title: str = about("文件标题", "医养结合示范项目工作方案（2025年版）")
    references: list[ReferenceOut] = about("这份文件提到的文件和条目，依文件中的次序；提到自己的条目也在其列", [])
    cited_by: list[ReferenceOut] = about("文件库中其他文件提到这份文件的地方", [])
    index_version: str = about("所用索引的版本", "b1946ac92492d234")

    @classmethod
    def of(cls, document: PolicyDocument, library: Library, index_version: str) -> ReferencesOut:
        return cls(
            document_id=document.document_id,
            title=document.metadata.title,
            references=[ReferenceOut.of(each, library) for each in library.links.outgoing[document.document_id]],
            cited_by=[ReferenceOut.of(each, library) for each in library.links.incoming[document.document_id]],
            index_version=index_version,
        )


class MissingOut(ResponseModel):
    """文件提到、文件库中没有的一份文件。"""

    title: str = about("标题，不含书名号", "关于深化医疗卫生机构与养老机构协议合作的通知")
    document_number: str | None = about("文号；没有写明时为 null", "国卫办老龄发〔2024〕26号")
    count: int = about("共提到几次", 2)
    cited_by: list[DocumentRefOut] = about("提到它的文件", [])

    @classmethod
    def of(cls, missing: Missing, library: Library) -> MissingOut:
        return cls(
            title=missing.title,
            document_number=missing.document_number,
            count=missing.count,
            cited_by=[DocumentRefOut.of(each, library) for each in missing.document_ids],
        )


class MissingList(ResponseModel):
    """文件提到、文件库中没有的文件。"""

    missing: list[MissingOut] = about("提到次数多的在前；证书、表格、合同不在其列", [])
    total: int = about("共有几份", 30)
    index_version: str = about("所用索引的版本", "b1946ac92492d234")
