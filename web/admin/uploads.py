"""/admin/uploads: files sent in, what reading them gave, corrections, publishing or discarding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from corpus.manifest import ManifestError, facts_of
from corpus.readers import SUFFIXES
from web.admin.administration import Administration
from web.admin.frame import Frame, session_of
from web.admin.wording import STATES, UPLOAD_STATES, moment, size
from web.admin.work.folders import UnreadableKind, safe_name
from web.limits import MAX_UPLOAD
from web.pages.rendering import SCRIPT
from web.problems import Problem
from web.store.audit import Action
from web.store.publications import OPEN, Kind, UnderWay
from web.store.uploads import UnknownUpload, Upload, UploadState, new_id

FACTS: tuple[tuple[str, str, str, str], ...] = (
    ("title", "标题", "text", ""),
    ("document_number", "文号", "text", "如 长民〔2025〕2号"),
    ("issuers", "发文机关", "text", "有几个机关的，用、隔开"),
    ("issued_on", "成文日期", "date", ""),
    ("region", "地区", "text", "如 上海市长宁区；国家文件填 全国"),
    ("status", "时效", "text", "如 现行有效、已废止；可不填"),
    ("effective_on", "施行日期", "date", ""),
    ("expires_on", "有效期至", "date", ""),
    ("repealed_on", "废止日期", "date", ""),
)
"""What can be corrected: field, name, kind of input, hint."""
_LISTS = ("issuers",)
_LONGEST_FACT = 500
_AT_REST = (UploadState.READY, UploadState.FAILED, UploadState.INTERRUPTED)


class UploadPages:
    """The pages of uploads."""

    def __init__(self, frame: Frame, administration: Administration) -> None:
        self.frame, self.store = frame, frame.store
        self.folders, self.workshop = administration.workshop.folders, administration.workshop

    def list(self, request: Request, refused: str = "", status: int = 200) -> Response:
        values = {
            "uploads": self.store.uploads.pending(),
            "publications": self.store.publications.open(),
            "upload_states": UPLOAD_STATES,
            "states": STATES,
            "moment": moment,
            "size": size,
            "refused": refused,
            "suffixes": sorted(SUFFIXES),
            "most": MAX_UPLOAD,
        }
        return self.frame.page(request, "admin/uploads.html", values, status)

    def show(
        self, request: Request, upload: Upload, refused: str = "", typed: Mapping[str, str] | None = None
    ) -> Response:
        report = self.folders.report(upload.id) if upload.state is not UploadState.DISCARDED else None
        values = {
            "upload": upload,
            "report": report,
            "facts": typed if typed is not None else _shown(report, upload.facts),
            "fields": FACTS,
            "corrected": upload.facts,
            "publication": self.store.publications.latest_of_upload(upload.id),
            "open_states": OPEN,
            "upload_states": UPLOAD_STATES,
            "states": STATES,
            "moment": moment,
            "size": size,
            "refused": refused,
            "is_working": upload.state in (UploadState.QUEUED, UploadState.READING),
        }
        return self.frame.page(request, "admin/upload.html", values, 422 if refused else 200)

    def get(self, upload_id: str) -> Upload:
        """Raises Problem."""
        try:
            return self.store.uploads.get(upload_id)
        except UnknownUpload:
            raise Problem("not_found", "没有这次上传，请从上传列表进入。") from None

    def keep(self, request: Request, file: UploadFile) -> str:
        """Keep a file that came, to be read; returns the upload's id. Raises UnreadableKind and OSError."""
        name, upload_id = safe_name(file.filename or ""), new_id()
        length = self.folders.keep(upload_id, name, file.file)
        account = session_of(request).account
        try:
            self.store.uploads.add(upload_id, name, length, account)
        except BaseException:  # nobody would ever find it
            self.folders.discard(upload_id)
            raise
        self.store.audit.record(account, Action.UPLOADED, f"{name}（{size(length)}）")
        self.workshop.wake()
        return upload_id

    def read_again(self, upload: Upload, facts: Mapping[str, Any]) -> bool:
        """Read an upload once more, with these corrections; False where it is not at rest."""
        queued = self.store.uploads.move(upload.id, _AT_REST, UploadState.QUEUED, facts=dict(facts), message="")
        self.workshop.wake()
        return queued

    def is_being_published(self, upload: Upload) -> bool:
        publication = self.store.publications.latest_of_upload(upload.id)
        return publication is not None and publication.state in OPEN


def uploads_router(frame: Frame, administration: Administration) -> APIRouter:
    """/admin/uploads and a page an upload."""
    router, pages = frame.router(), UploadPages(frame, administration)
    _sending(router, pages)
    _deciding(router, pages)
    return router


def _sending(router: APIRouter, pages: UploadPages) -> None:
    @router.get("/uploads")
    def uploads(request: Request) -> Response:
        return pages.list(request)

    @router.post("/uploads")
    async def send(request: Request) -> Response:
        file = (await request.form()).get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return await run_in_threadpool(_refused, pages, request, "请先选择要上传的文件。")
        if not file.size:
            return await run_in_threadpool(_refused, pages, request, "这是一个空文件，请检查后重新选择。")
        try:
            upload_id = await run_in_threadpool(pages.keep, request, file)
        except UnreadableKind as error:
            return await run_in_threadpool(_refused, pages, request, f"{error}。")
        except OSError:
            raise Problem("disk_full") from None
        return _to(request, f"/admin/uploads/{upload_id}")

    @router.get("/uploads/{upload_id}")
    def show(request: Request, upload_id: str) -> Response:
        return pages.show(request, pages.get(upload_id))


def _deciding(router: APIRouter, pages: UploadPages) -> None:
    @router.post("/uploads/{upload_id}/facts")
    async def correct(request: Request, upload_id: str) -> Response:
        form = await request.form()
        return await run_in_threadpool(_correct, pages, request, upload_id, form)

    @router.post("/uploads/{upload_id}/again")
    def again(upload_id: str) -> Response:
        upload = pages.get(upload_id)
        if not pages.is_being_published(upload):
            pages.read_again(upload, upload.facts)
        return RedirectResponse(f"/admin/uploads/{upload_id}", 303)

    @router.post("/uploads/{upload_id}/discard")
    def discard(request: Request, upload_id: str) -> Response:
        upload = pages.get(upload_id)
        if pages.is_being_published(upload):
            return pages.show(request, upload, "这份文件正在发布，请先取消发布，再丢弃。")
        if pages.store.uploads.move(upload_id, _AT_REST, UploadState.DISCARDED):
            pages.folders.discard(upload_id)
            pages.store.audit.record(session_of(request).account, Action.DISCARDED, upload.name)
        return RedirectResponse("/admin/uploads", 303)

    @router.post("/uploads/{upload_id}/publish")
    def publish(request: Request, upload_id: str) -> Response:
        return _publish(pages, request, pages.get(upload_id))


def _correct(pages: UploadPages, request: Request, upload_id: str, form: FormData) -> Response:
    upload = pages.get(upload_id)
    typed = {field: str(form.get(field) or "").strip() for field, *_ in FACTS}
    report = pages.folders.report(upload_id)
    if upload.state is not UploadState.READY or report is None or pages.is_being_published(upload):
        return pages.show(request, upload, "这份文件现在不能更正：正在解析或发布，或还没有读出内容。", typed)
    long = [name for field, name, *_ in FACTS if len(typed[field]) > _LONGEST_FACT]
    if long:
        return pages.show(request, upload, f"{'、'.join(long)}过长，请控制在 {_LONGEST_FACT} 字以内。", typed)
    facts = _corrections(typed, report, upload.facts)
    try:
        facts_of("更正", facts)
    except ManifestError as error:
        return pages.show(request, upload, f"{error}。", typed)
    if pages.read_again(upload, facts):
        detail = "；".join(f"{field}={value}" for field, value in facts.items()) or "恢复为文件所印"
        pages.store.audit.record(session_of(request).account, Action.CORRECTED, f"{upload.name}：{detail}")
    return RedirectResponse(f"/admin/uploads/{upload_id}", 303)


def _corrections(typed: Mapping[str, str], report: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """What is typed otherwise than it was read, and what was corrected before and is still filled in."""
    shown = _shown(report, {})
    facts: dict[str, Any] = {}
    for field, words in typed.items():
        if words and (words != shown[field] or field in known):
            facts[field] = [part.strip() for part in words.split("、") if part.strip()] if field in _LISTS else words
    return facts


def _publish(pages: UploadPages, request: Request, upload: Upload) -> Response:
    report = pages.folders.report(upload.id)
    if upload.state is not UploadState.READY or report is None:
        return pages.show(request, upload, "这份文件还没有读好，不能发布。")
    if report["lost"]:
        return pages.show(request, upload, "核对未通过：有文字丢失或次序改变，不能发布。")
    if report["standing"] in ("unchanged", "superseded"):
        return pages.show(request, upload, "与文件库中已有的版本完全相同，没有可发布的变化。")
    account, title, publication_id = session_of(request).account, report["metadata"]["title"], new_id()
    try:
        pages.store.publications.add(
            publication_id, Kind.PUBLISH, report["document_id"], title, account, upload_id=upload.id
        )
    except UnderWay as error:
        return pages.show(request, upload, f"{error}。")
    pages.store.audit.record(account, Action.PUBLISHING, f"《{title}》（{upload.name}）")
    pages.workshop.wake()
    return RedirectResponse(f"/admin/publications/{publication_id}", 303)


def _shown(report: Mapping[str, Any] | None, facts: Mapping[str, Any]) -> dict[str, str]:
    """The fields as they are typed: what was corrected, else what was read."""
    found = {**(report["metadata"] if report else {}), **facts}
    values = {field: found.get(field) or "" for field, *_ in FACTS}
    return {field: "、".join(value) if isinstance(value, list) else str(value) for field, value in values.items()}


def _refused(pages: UploadPages, request: Request, why: str) -> Response:
    if SCRIPT in request.headers:
        raise Problem("upload_refused", why)
    return pages.list(request, why, 422)


def _to(request: Request, address: str) -> Response:
    """To the page of what was made; a script is told where it is."""
    if SCRIPT in request.headers:
        return Response(status_code=201, headers={"location": address})
    return RedirectResponse(address, 303)
