"""Files of fixed pages, drawn for tests: PDF and OFD."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

SONG = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(SONG))

LONG = "养老机构内设医务室的，至少配备一名医师和一名护士，原则上每周巡诊一次。"
"""More than fits on a line."""


def canvas_pdf(path: Path, draw: Callable[[Canvas], None], **options: object) -> Path:
    """A PDF of one page, as it is drawn."""
    canvas = Canvas(str(path), pagesize=A4, **options)
    canvas.setFont(SONG, 12)
    draw(canvas)
    canvas.save()
    return path


def ofd(path: Path, pages: Sequence[str], *, template: str = "", document: str = "Doc_0/Document.xml") -> Path:
    """An OFD as the makers write them: the entry, a document, its pages and, perhaps, a template."""
    name = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    listed = "".join(f'<ofd:Page ID="{at}" BaseLoc="Pages/Page_{at}/Content.xml"/>' for at in range(len(pages)))
    used = '<ofd:Template TemplateID="9"/>' if template else ""
    common = (
        "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        '<ofd:TemplatePage ID="9" BaseLoc="Tpls/Tpl_0/Content.xml"/>'
    )
    files = {
        "OFD.xml": f'<ofd:OFD {name} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo/>'
        f"<ofd:DocRoot>{document}</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {name}><ofd:CommonData>{common}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        "Doc_0/Tpls/Tpl_0/Content.xml": f"<ofd:Page {name}><ofd:Content>{template}</ofd:Content></ofd:Page>",
    }
    for at, content in enumerate(pages):
        layer = f"<ofd:Content><ofd:Layer ID='1'>{content}</ofd:Layer></ofd:Content>"
        files[f"Doc_0/Pages/Page_{at}/Content.xml"] = f"<ofd:Page {name}>{used}{layer}</ofd:Page>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, xml in files.items():
            archive.writestr(member, xml)
    return path


def ofd_text(text: str, left: float, top: float, size: float = 5.64, matrix: str = "") -> str:
    """A line of type whose size is in millimetres, its steps in the short form of the standard."""
    steps = " ".join(str(size if sign > "\x7f" else size / 2) for sign in text[:-1])
    steps = f"g {len(text) - 1} {size}" if len(text) > 1 and not any(sign < "\x7f" for sign in text) else steps
    return (
        f'<ofd:TextObject ID="2" Boundary="{left} {top} {size * len(text)} {size}" Font="1" Size="{size}" {matrix}>'
        f'<ofd:TextCode X="0" Y="{size * 0.86}" DeltaX="{steps}">{text}</ofd:TextCode></ofd:TextObject>'
    )


def ofd_paragraph(text: str, top: float, count: int = 27) -> str:
    """A paragraph with its first line indented by two signs."""
    first, rest = text[: count - 2], text[count - 2 :]
    lines = [ofd_text(first, 28 + 2 * 5.64, top)]
    lines += [ofd_text(rest[at : at + count], 28, top + 10 * (1 + at // count)) for at in range(0, len(rest), count)]
    return "".join(lines)
