"""One ranking out of several.

A convex combination of normalised scores, which keeps how much better the best hit is; rank fusion throws that away
(Bruch, Gai and Ingber, «An Analysis of Fusion Functions for Hybrid Retrieval», ACM TOIS 42(1), 2023).
"""

from __future__ import annotations

from collections.abc import Sequence

Scored = Sequence[tuple[int, float]]


def fuse(rankings: Sequence[Scored], limit: int, weights: Sequence[float] | None = None) -> list[tuple[int, float]]:
    """(row, score in [0, 1]), best first, equal scores by row. A row that a ranking did not find has 0 from it.

    weights  one a ranking; all the same where none are given
    """
    shares = weights or [1.0] * len(rankings)
    fused: dict[int, float] = {}
    for share, scored in zip(shares, rankings, strict=True):
        for row, score in _normalised(scored).items():
            fused[row] = fused.get(row, 0.0) + share * score
    whole = {row: score / sum(shares) for row, score in fused.items()}
    return sorted(whole.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def _normalised(scored: Scored) -> dict[int, float]:
    """Scores stretched to [0, 1] over what was found."""
    if not scored:
        return {}
    values = [score for _, score in scored]
    low, width = min(values), max(values) - min(values)
    return {row: (score - low) / width if width else 1.0 for row, score in scored}
