"""BM25 over character 1- and 2-grams, by tantivy. Rows are the order in which texts were added.

Characters rather than words: measured on Chinese policy text, 1+2-grams put the right article first more often than
any segmentation, and no dictionary has to be kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import log
from pathlib import Path

import tantivy

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_HEAP_BYTES = 64 * 1024 * 1024


def tokens(text: str) -> Iterator[str]:
    """Chinese characters and pairs of neighbours; runs of Latin letters and digits whole."""
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii():
            yield run
        else:
            yield from run
            yield from (first + second for first, second in pairwise(run))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", stored=False, fast=True)
    builder.add_text_field("group", stored=False, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class LexicalIndex:
    """A BM25 index in a directory; k1 = 1.2 and b = 0.75, which are tantivy's."""

    def __init__(self, index: tantivy.Index) -> None:
        self._schema = _schema()
        self._searcher = index.searcher()

    @classmethod
    def build(cls, texts: Iterable[str], directory: Path, groups: Sequence[str] | None = None) -> LexicalIndex:
        """Index texts in order into an empty directory; groups[i], if given, can restrict a search to text i."""
        directory.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(_schema(), str(directory))
        # One thread keeps the segments, and so the scores, the same at every build.
        writer = index.writer(_HEAP_BYTES, 1)
        for row, text in enumerate(texts):
            group = groups[row] if groups is not None else ""
            writer.add_document(tantivy.Document(row=row, group=group, body=" ".join(tokens(text))))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return cls(index)

    @classmethod
    def load(cls, directory: Path) -> LexicalIndex:
        """Raises ValueError where the directory holds no index."""
        return cls(tantivy.Index.open(str(directory)))

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, question: str, limit: int, groups: Sequence[str] | None = None) -> list[tuple[int, float]]:
        """(row, BM25 score) of the best texts, best first; equal scores by row. Empty where no token occurs."""
        query = self._query(question, groups)
        if query is None:
            return []
        hits = self._searcher.search(query, limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        # Every document has a row; the stub allows for missing ones.
        scored = [(int(row or 0), float(score)) for row, (score, _) in zip(rows, hits, strict=True)]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def rarity(self, term: str) -> float:
        """Inverse document frequency of a term's rarest token, as BM25 weighs it, in nats; largest where unseen."""
        frequencies = [self._searcher.doc_freq("body", token) for token in tokens(term)]
        count = len(self)
        return max((log(1 + (count - seen + 0.5) / (seen + 0.5)) for seen in frequencies), default=0.0)

    def _query(self, question: str, groups: Sequence[str] | None) -> tantivy.Query | None:
        terms = [tantivy.Query.term_query(self._schema, "body", token) for token in tokens(question)]
        if not terms or (groups is not None and not groups):
            return None
        words = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        if groups is None:
            return words
        allowed = tantivy.Query.const_score_query(
            tantivy.Query.term_set_query(self._schema, "group", list(groups)), 0.0
        )
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, allowed), (tantivy.Occur.Must, words)])
