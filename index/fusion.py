"""One ranking out of two.

A convex combination of normalised scores, which keeps how much better the best hit is; rank fusion throws that away
(Bruch, Gai and Ingber, «An Analysis of Fusion Functions for Hybrid Retrieval», ACM TOIS 42(1), 2023).
"""

from __future__ import annotations

from collections.abc import Sequence

Scored = Sequence[tuple[int, float]]

DENSE_SHARE = 0.5
"""Weight of the dense score; the lexical score has the rest."""


def fuse(dense: Scored, lexical: Scored, limit: int) -> list[tuple[int, float]]:
    """(row, score in [0, 1]), best first, equal scores by row. A row that one side did not find has 0 from it."""
    near, worded = _normalised(dense), _normalised(lexical)
    scores = {row: DENSE_SHARE * near.get(row, 0.0) + (1 - DENSE_SHARE) * worded.get(row, 0.0) for row in near | worded}
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def _normalised(scored: Scored) -> dict[int, float]:
    """Scores stretched to [0, 1] over what was found."""
    if not scored:
        return {}
    values = [score for _, score in scored]
    low, width = min(values), max(values) - min(values)
    return {row: (score - low) / width if width else 1.0 for row, score in scored}
