"""Reading any file: by its content, with a clear refusal, in bounded time and memory, leaving nothing behind."""

from __future__ import annotations

import io
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter, sleep

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from corpus.library import DOCUMENTS
from corpus.readers import LIMITS, SUFFIXES, Format, Furniture, Limits, UnreadableFile, isolated, read
from corpus.readers.decoding import decode
from tests.fixed_pages import LONG, canvas_pdf, ofd, ofd_paragraph
from tests.site_pages import LINES, page
from tests.word_files import compound_file, doc_file, paragraph, word_file

CHINESE = re.compile("[\u4e00-\u9fff]")
POLICY = "关于加强养老服务的通知\n一、养老机构应当按规定备案，并公开信息。\n"
WORD = word_file(paragraph("一、养老机构应当按规定备案。"))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    began = perf_counter()
    yield
    assert perf_counter() - began < seconds


def refusal(path: Path, limits: Limits = LIMITS) -> str:
    """What is said of a file that cannot be read."""
    with within(30), pytest.raises(UnreadableFile) as caught:
        read(path, limits)
    message = str(caught.value)
    assert CHINESE.search(message)
    assert path.name in message
    return message


@pytest.fixture(autouse=True)
def scratch(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Every reading leaves the place for temporary files as it was."""
    folder = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def made_pdf(path: Path) -> bytes:
    return canvas_pdf(
        path, lambda canvas: canvas.drawString(100, 700, "养老机构应当按规定备案并公开有关信息。")
    ).read_bytes()


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


# encoding of the file, the text's encoding as named in a note
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk", "gb2312"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_in_the_encodings_that_are_met(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    path.write_bytes(mark + POLICY.encode(encoding))
    found = read(path)
    assert (found.text, found.format, found.notes) == (POLICY, Format.TEXT, ())


def test_text_in_another_encoding_bears_a_note(tmp_path: Path) -> None:
    text = "安老院舍須備有醫護人員，並按規定向社會公布有關資料。長者權益應受保障，各機構應遵守守則。\n" * 8
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode("big5"))
    found = read(path)
    assert found.text == text
    assert "编码不能确定" in found.notes[0]


@pytest.mark.parametrize("text", ["", "abc", "一、总则", "①②③", "𠮷野家", "«»“”、。"])
def test_decoding_chooses_utf8_where_it_is_valid(text: str) -> None:
    assert decode(text.encode(), "gb2312").text == text


@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    with suppress(UnreadableFile):
        decoded = decode(data)
        assert decoded.text == data.decode(decoded.encoding)


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.txt")), ids=lambda path: str(path.stem))
def test_the_documents_of_the_library_are_read_as_they_are(path: Path) -> None:
    with within(0.1):
        found = read(path)
    assert found.text.encode() == path.read_bytes()
    assert (found.format, found.dropped, found.notes) == (Format.TEXT, (), ())


def test_page_numbers_in_a_text_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("===PAGE 1===\n一、总则\n— 1 —\n第一章 总则………………… 3\n床位 15\n第 2 页 共 9 页\n", "utf-8")
    found = read(path)
    assert found.text == "一、总则\n第一章 总则\n床位 15\n"
    assert [(each.kind, each.text.strip()) for each in found.dropped] == [
        (Furniture.PAGE_NUMBER, text) for text in ("===PAGE 1===", "— 1 —", "………………… 3", "第 2 页 共 9 页")
    ]


# suffix, contents, format, part of the note
BY_CONTENT: list[tuple[str, bytes, Format, str]] = [
    (".docx", WORD, Format.DOCX, ""),
    (".pdf", WORD, Format.DOCX, "扩展名是 .pdf，内容是Word"),
    (".txt", WORD, Format.DOCX, "扩展名是 .txt"),
    (".zip", WORD, Format.DOCX, "扩展名是 .zip"),
    ("", WORD, Format.DOCX, ""),
    (".DOCX", WORD, Format.DOCX, ""),
    (".doc", page().encode("gb18030"), Format.HTML, "扩展名是 .doc，内容是网页"),
    (".txt", page().encode(), Format.HTML, "内容是网页"),
    (".htm", page().encode(), Format.HTML, ""),
    (".html", POLICY.encode(), Format.TEXT, "内容是纯文本"),
    (".docx", POLICY.encode(), Format.TEXT, "内容是纯文本"),
    (".md", POLICY.encode(), Format.MARKDOWN, ""),
    ("", POLICY.encode(), Format.TEXT, ""),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "contents", "expected", "note"), BY_CONTENT)
def test_files_are_read_by_their_content(
    tmp_path: Path, suffix: str, contents: bytes, expected: Format, note: str
) -> None:
    path = tmp_path / f"通知{suffix}"
    path.write_bytes(contents)
    found = read(path)
    assert found.format is expected
    assert "养老机构" in found.text
    assert any(note in each for each in found.notes) if note else found.notes == ()


@pytest.mark.parametrize("suffix", [".pdf", ".ofd", ".docx"])
def test_pdf_and_ofd_by_their_content(tmp_path: Path, suffix: str) -> None:
    for name, contents in (
        ("a", made_pdf(tmp_path / "x")),
        ("b", ofd(tmp_path / "y", [ofd_paragraph(LONG, 40)]).read_bytes()),
    ):
        path = tmp_path / f"{name}{suffix}"
        path.write_bytes(contents)
        found = read(path)
        assert "养老机构" in found.text
        assert bool(found.notes) == (SUFFIXES[suffix] is not found.format)


# name, contents, what is said
REFUSED: list[tuple[str, bytes, str]] = [
    ("a.txt", b"", "没有文字"),
    ("a.docx", b"", "没有文字"),
    ("a.txt", " \n\u3000\n".encode(), "没有文字"),
    ("a.txt", b"===PAGE 1===\n\n===PAGE 2===\n", "没有文字"),
    ("a.txt", "养老\0机构".encode(), "空字节"),
    ("a.txt", bytes(range(1, 9)) * 50, "控制字符"),
    ("a.html", b"\0" * 4096, "空字节"),
    ("a.txt", b"\xff\xfe" + b"\0\xd8" * 3, "编码与内容不符"),
    ("a.csv", POLICY.encode(), "暂不支持 .csv"),
    ("a.py", b"print(1)", "暂不支持 .py"),
    ("a.xml", b'<?xml version="1.0"?><a/>', "XML"),
    ("a.txt", b"{\\rtf1\\ansi}", "RTF"),
    ("a.doc", b"{\\rtf1\\ansi}", "另存为 .docx"),
    ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "OCR"),
    ("a.pdf", b"\xff\xd8\xff\xe0" + b"\0" * 99, "OCR"),
    ("a.mht", b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "MHTML"),
    ("a.rar", b"Rar!\x1a\x07\x01\0", "压缩包"),
    ("a.zip", zipped(**{"a.txt": b"1"}), "解压后逐个添加"),
    ("a.docx", zipped(**{"xl/workbook.xml": b"<a/>"}), "Excel"),
    ("a.docx", zipped(**{"ppt/presentation.xml": b"<a/>"}), "演示文稿"),
    ("a.odt", zipped(mimetype=b"x", **{"content.xml": b"<a/>"}), "OpenDocument"),
    ("a.zip", b"PK\x05\x06" + b"\0" * 18, "空的压缩包"),
    ("a.bin", b"\x7fELF" + b"\0" * 99, "程序"),
    ("a.docx", compound_file({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "已加密"),
    ("a.doc", compound_file({"Workbook": b"x"}), "Excel"),
    ("a.doc", compound_file({"Other": b"x"}), "不是 Word"),
    # truncated, or not what they begin as
    ("a.docx", WORD[: len(WORD) // 2], "损坏"),
    ("a.docx", b"PK\x03\x04", "损坏"),
    ("a.ofd", zipped(**{"OFD.xml": b"<OFD><DocRoot>a.xml</DocRoot></OFD>"}), "损坏"),
    ("a.ofd", zipped(**{"OFD.xml": b"<OFD>"}), "损坏"),
    ("a.docx", zipped(**{"word/document.xml": b"<a/>"}), "损坏"),
    ("a.docx", word_file("<w:p>"), "损坏"),
    ("a.pdf", b"%PDF-1.7", "损坏"),
    ("a.pdf", b"%PDF-1.7\n" + os.urandom(5000), "损坏"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "contents", "message"), REFUSED, ids=[f"{at}-{case[2]}" for at, case in enumerate(REFUSED)]
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, contents: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(contents)
    assert message in refusal(path)


def test_an_unsound_doc(tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + b"\0" * 900)
    assert re.search("损坏|需要 LibreOffice 或 antiword", refusal(path))


def test_what_is_no_file(tmp_path: Path) -> None:
    assert "没有这个文件" in refusal(tmp_path / "a.txt")
    assert "文件夹" in refusal(tmp_path)
    loop = tmp_path / "loop.txt"
    loop.symlink_to(loop)
    assert "无法打开" in refusal(loop)
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    assert "不是普通文件" in refusal(pipe)
    assert "不是普通文件" in refusal(Path("/dev/zero"))


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(POLICY, "utf-8")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert read(tmp_path / "b.txt").text == POLICY


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with within(0.5):
        assert "1024 MB，超过上限 100 MB" in refusal(path)


def test_encrypted_pdf_and_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path), encrypt="secret")
    canvas.drawString(100, 700, "text")
    canvas.save()
    assert "已加密" in refusal(path)
    locked = bytearray(WORD)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for match in re.finditer(re.escape(mark), WORD):
            locked[match.start() + at] |= 1
    (tmp_path / "a.docx").write_bytes(locked)
    assert "已加密" in refusal(tmp_path / "a.docx")


def bomb(size: int) -> bytes:
    """A .docx with a body of this many bytes, blanks for the most part."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORD)) as sound, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sound.namelist():
            with archive.open(name, "w") as member:
                if name == "word/document.xml":
                    for _ in range(size >> 20):
                        member.write(b" " * (1 << 20))
                member.write(sound.read(name))
    return buffer.getvalue()


def test_zip_bombs(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(bomb(300 << 20))
    with within(5):
        assert "展开后达 300 MB" in refusal(path)
    # one that lies about its size: no more is unpacked than it says, and then the check sum is wrong
    lying = bytearray(bomb(64 << 20))
    for match in re.finditer(re.escape(b"PK\x01\x02"), bytes(lying)):
        lying[match.start() + 24 : match.start() + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(lying)
    with within(5):
        assert "损坏" in refusal(path)


def test_too_many_members(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(zipped(**{f"{number}.xml": b"" for number in range(300)}))
    assert "内含 300 个部件" in refusal(path, Limits(members=200))


LAUGHS = '<!DOCTYPE a [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_entities(tmp_path: Path, encoding: str) -> None:
    body = f"{LAUGHS}]><w:document><w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>"
    outside = '<!DOCTYPE a [<!ENTITY i SYSTEM "file:///etc/passwd">]><OFD>&i;</OFD>'
    for name, member, xml in (("a.docx", "word/document.xml", body), ("a.ofd", "OFD.xml", outside)):
        path = tmp_path / name
        path.write_bytes(zipped(**{member: xml.encode(encoding)}))
        assert "实体" in refusal(path)


def test_entities_in_a_page_are_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        f'{LAUGHS}<!ENTITY x SYSTEM "file:///etc/passwd">]>' + page().replace("<h1>", "&i;&x;<h1>"), "utf-8"
    )
    found = read(path)
    assert LINES[2] in found.text
    assert "root:" not in found.text
    assert found.text.count("哈") < 100


def test_time_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "slow.html"
    path.write_text("<html><body>" + "<p>养老机构，应当。</p>" * 400_000, "utf-8")
    with within(20):
        assert "超过 1 秒" in refusal(path, Limits(wall_seconds=1))
    with within(20):
        assert "已停止" in refusal(path, Limits(cpu_seconds=1))


def test_memory_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes("养老机构应当备案。\n".encode("gb18030") * 2_000_000)
    assert "内存" in refusal(path, Limits(memory_bytes=140 << 20))


def test_characters_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(WORD)
    assert "文字超过上限（5 字）" in refusal(path, Limits(characters=5))


def test_a_process_that_breaks_down_is_told_calmly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(WORD)
    monkeypatch.setattr("corpus.readers.isolation.sys.executable", "/bin/false")
    with pytest.raises(UnreadableFile, match="异常中止"):
        read(path)


def processes() -> set[str]:
    """Command lines of the readers that run now."""
    lines: set[str] = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if "corpus.readers.isolated" in line:
            lines.add(line)
    return lines


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_no_process_is_left(tmp_path: Path) -> None:
    path = tmp_path / "slow.html"
    path.write_text("<html><body>" + "<p>养老机构，应当。</p>" * 400_000, "utf-8")
    refusal(path, Limits(wall_seconds=1))
    sleep(0.1)
    assert not [line for line in processes() if str(tmp_path) in line]


def test_what_lies_beside_the_file_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docx.py").write_text("raise SystemExit('run')")
    (tmp_path / "json.py").write_text("raise SystemExit('run')")
    path = tmp_path / "a.docx"
    path.write_bytes(WORD)
    monkeypatch.chdir(tmp_path)
    assert read(Path("a.docx")).text == "一、养老机构应当按规定备案。"


@pytest.mark.parametrize("name", ["-c.docx", "a b;c$(d).docx", "通知（试行）.docx", "\udcff.docx"])
def test_names_are_only_names(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(WORD)
    assert read(path).text == "一、养老机构应当按规定备案。"


def test_several_at_once(tmp_path: Path) -> None:
    paths = []
    for number in range(6):
        paths.append(tmp_path / f"{number}.docx")
        paths[-1].write_bytes(word_file(paragraph(f"第{number}份文件的内容。")))
    with ThreadPoolExecutor(3) as pool:
        assert [found.text for found in pool.map(read, paths)] == [f"第{number}份文件的内容。" for number in range(6)]


def test_a_word_document_is_read_quickly(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(word_file("".join(paragraph(f"第{number}条 养老机构应当按规定备案。") for number in range(300))))
    with within(5):  # 0.3 s on two idle cores
        assert read(path).text.count("\n") == 299


def corrupted(data: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with some changed, a part cut out or the end cut off."""
    places = st.integers(0, len(data) - 1)
    changed = st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)

    def apply(changes: list[tuple[int, int]], cut: int, end: int) -> bytes:
        spoiled = bytearray(data)
        for at, value in changes:
            spoiled[at] = value
        return bytes(spoiled[: min(cut, end)] + spoiled[max(cut, end) :] if cut % 3 == 0 else spoiled[: cut or None])

    return st.builds(apply, changed, places, places)


SPOILED: dict[str, Callable[[Path], bytes]] = {
    "docx": lambda folder: WORD,
    "ofd": lambda folder: ofd(folder / "sound.ofd", [ofd_paragraph(LONG, 40)]).read_bytes(),
    "html": lambda folder: page().encode(),
    "doc": lambda folder: doc_file(POLICY)[:600],
}


@pytest.mark.parametrize("kind", SPOILED)
def test_spoiled_files_give_a_text_or_a_reason(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{kind}"

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(corrupted(SPOILED[kind](tmp_path)))
    def spoil(data: bytes) -> None:
        path.write_bytes(data)
        told = isolated._read(path, LIMITS)
        assert CHINESE.search(told["error"]) if "error" in told else isinstance(told["text"], str)

    spoil()
