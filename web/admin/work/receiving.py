"""python -m web.admin.work.receiving '{"home": …, "file": …, "facts": …, "report": …}': read an upload, keep nothing.

What became of the file is written as one JSON file, whole or not at all: everything that its page shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.anticipated import AnticipatedError
from corpus.figures.ledger import ledger
from corpus.holdings import Holdings, UnknownHolding, known_at
from corpus.library import Library
from corpus.manifest import ManifestError, facts_of
from corpus.provisions import PolicyDocument
from corpus.readers import UnreadableFile
from corpus.receiving import Received, receive
from corpus.replacing import replace_whole
from corpus.structure.conservation import account
from corpus.versions import DamagedHolding
from web.admin.work.differences import differences
from web.admin.work.telling import Failed, tell, work

MOST_SHOWN = 1000
"""Articles, figures, references and differences that a page shows of each."""
LONGEST_SHOWN = 300
"""Characters of a text shown to compare."""
MEMORY_BYTES = 4 * 1024**3
"""Of a child. A file of nine million characters, near the most that is read, takes 1.5 GB."""
_STAGE = "解析"
_STEPS = 3


def receive_upload(asked: Mapping[str, Any]) -> None:
    """Read, account for, and set beside what the library has. Raises Failed."""
    home, file = Path(asked["home"]), Path(asked["file"])
    tell(_STAGE, 0, _STEPS)
    try:
        facts = facts_of("更正", asked["facts"])
        library = known_at(home)
        tell(_STAGE, 1, _STEPS)
        received = receive(file, library, facts)
    except (UnreadableFile, ManifestError, DamagedHolding, AnticipatedError) as error:
        raise Failed(str(error)) from None
    except (ValueError, OSError) as error:
        raise Failed(f"无法读取：{error}") from None
    tell(_STAGE, 2, _STEPS)
    report = _report(received, library, home, facts)
    replace_whole(Path(asked["report"]), json.dumps(report, ensure_ascii=False).encode())
    tell(_STAGE, _STEPS, _STEPS)


def _report(received: Received, library: Library, home: Path, facts: Mapping[str, Any]) -> dict[str, Any]:

    document, report = received.document, received.report
    return {
        "document_id": document.document_id,
        "format": received.format.value,
        "sha256": received.source_sha256,
        "metadata": _plain(asdict(document.metadata)),
        "notes": list(received.notes),
        "lost": report.lost,
        "characters_in": report.characters_in,
        "in_provisions": report.in_provisions,
        "dropped": sum(report.dropped.values()),
        "account": account(report).splitlines()[1:],
        "outline": _shown((each.article_id, each.level, each.label, each.heading) for each in document.walk()),
        "provisions": len(document.provisions),
        "figures": _shown(_figures(document)),
        "references": _shown(_references(document, library)),
        "standing": _standing(received, home, facts),
        "against": _against(document, library),
    }


def _figures(document: PolicyDocument) -> Iterator[tuple[str, str, str]]:
    """(article, figure, sentence)."""
    for entry in ledger([document]):
        yield document.find(entry.citation.article_id).label, entry.figure, entry.quote.strip()[:LONGEST_SHOWN]


def _references(document: PolicyDocument, library: Library) -> Iterator[tuple[str, str, str, bool]]:
    """(article, title, number, whether the library has it), each text once for each article that names it."""
    links = library.with_document(document).links.outgoing.get(document.document_id, ())
    named = (
        (
            document.find(link.reference.article_id).label,
            link.reference.title,
            link.reference.document_number or "",
            bool(link.target or link.candidates),
        )
        for link in links
        if not link.reference.own
    )
    yield from dict.fromkeys(named)


def _standing(received: Received, home: Path, facts: Mapping[str, Any]) -> str:
    """What the file is to the library: new, new version, unchanged, superseded (published before, then replaced)."""
    try:
        history = Holdings(home).history(received.document.document_id)
    except UnknownHolding:
        return "new"
    same = [
        each for each in history if each.source_sha256 == received.source_sha256 and dict(each.facts) == dict(facts)
    ]
    if any(each.counts for each in same):
        return "unchanged"
    return "superseded" if same else "new version"


def _against(document: PolicyDocument, library: Library) -> dict[str, Any] | None:
    """What differs from the document that the library has under this id; None where it has none."""
    if document.document_id not in library:
        return None
    known = library.get(document.document_id)
    changed = differences(known, document)
    shown = (
        (each.change.value, each.label, each.heading, [(piece.how.value, piece.text) for piece in each.pieces])
        for each in changed
    )
    return {"title": known.metadata.title, "same_text": known.text == document.text, "differences": _shown(shown)}


def _shown(rows: Iterator[tuple[Any, ...]]) -> dict[str, Any]:
    """The first MOST_SHOWN rows, and how many there are."""
    kept: list[tuple[Any, ...]] = []
    total = 0
    for row in rows:
        total += 1
        if total <= MOST_SHOWN:
            kept.append(row)
    return {"rows": kept, "total": total}


def _plain(metadata: Mapping[str, Any]) -> dict[str, Any]:
    kept = {field: value for field, value in metadata.items() if value and field != "history"}
    loaded: dict[str, Any] = json.loads(json.dumps(kept, default=str))
    return loaded


if __name__ == "__main__":
    work(receive_upload, MEMORY_BYTES)
