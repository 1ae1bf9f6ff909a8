"""Files of Word, written for tests part by part: .docx and .doc."""

from __future__ import annotations

import io
import struct
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def word_file(
    body: str, numbering: str = "", styles: str = "", main: str = f"{WORD}.document.main+xml", **parts: str
) -> bytes:
    """A .docx with this body; parts are further ones by kind (footnotes, header, footer)."""
    written = {"numbering": numbering, "styles": styles, **parts}
    used = {kind: xml for kind, xml in written.items() if xml}
    types = "".join(f'<Override PartName="/word/{kind}.xml" ContentType="{WORD}.{kind}+xml"/>' for kind in used)
    links = "".join(f'<Relationship Id="r{kind}" Type="{OFFICE}/{kind}" Target="{kind}.xml"/>' for kind in used)
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        **{f"word/{kind}.xml": xml for kind, xml in used.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in files.items():
            archive.writestr(name, xml)
    return buffer.getvalue()


def paragraph(text: str, list_id: int | None = None, level: int = 0, style: str = "") -> str:
    """A paragraph of a body, in a list where one is named."""
    numbered = (
        f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>' if list_id is not None else ""
    )
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{styled}{numbered}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def doc_file(text: str) -> bytes:
    """A Word 97 document of this text: a compound file with the streams WordDocument and 1Table."""
    encoded = text.replace("\n", "\r").encode("utf-16-le")
    start, length = 0x800, len(text)
    head = bytearray(start)
    struct.pack_into("<HHHHHHH", head, 0, 0xA5EC, 0xC1, 0, 0x0804, 0, 0x1200, 0xBF)
    struct.pack_into("<II", head, 0x18, start, start + len(encoded))
    struct.pack_into("<I", head, 0x40, start + len(encoded))
    struct.pack_into("<I", head, 0x4C, length)
    pieces = b"\x02" + struct.pack("<I", 16) + struct.pack("<II", 0, length) + struct.pack("<HIH", 0, start, 0)
    styles = struct.pack("<HHH", 18, 0, 10) + b"\0" * 14
    struct.pack_into("<II", head, 0x1A2, 0, len(pieces))
    struct.pack_into("<II", head, 0xA2, len(pieces), len(styles))
    return compound_file({"WordDocument": bytes(head) + encoded, "1Table": pieces + styles})


def compound_file(streams: dict[str, bytes]) -> bytes:
    """An OLE compound file of small size."""
    end, free, table_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    sectors, chains = b"", [table_mark]  # the table of chains is sector 0
    entries = []
    for name, content in streams.items():
        padded = content.ljust(4096, b"\0")
        padded += b"\0" * (-len(padded) % 512)
        first, count = len(chains), len(padded) // 512
        chains += [*range(first + 1, first + count), end]
        sectors += padded
        entries.append((name, 2, first, len(padded)))
    directory = len(chains)
    chains.append(end)

    def entry(name: str, kind: int, right: int, child: int, first: int, size: int) -> bytes:
        spelled = (name + "\0").encode("utf-16-le")
        links = struct.pack("<HBBIII", len(spelled), kind, 1, free, right, child)
        return spelled.ljust(64, b"\0") + links + b"\0" * 36 + struct.pack("<IQ", first, size)

    ordered = sorted(entries, key=lambda each: (len(each[0]), each[0].upper()))
    listing = entry("Root Entry", 5, free, 1, end, 0)
    for at, (name, kind, first, size) in enumerate(ordered, start=1):
        listing += entry(name, kind, at + 1 if at < len(ordered) else free, free, first, size)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<9I", 0, 1, directory, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    return head + struct.pack(f"<{len(chains)}I", *chains).ljust(512, b"\xff") + sectors + listing.ljust(512, b"\0")
