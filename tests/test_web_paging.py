"""Pages of a list: the one asked for, or the nearest."""

from __future__ import annotations

import pytest

from web.paging import Page


@pytest.mark.parametrize(
    ("asked", "number"),
    [("1", 1), ("2", 2), ("3", 3), ("4", 3), ("999999999", 3), ("0", 1), ("-1", 1), ("", 1), ("x", 1), ("2.0", 1)],
)
def test_the_page_asked_for_or_the_nearest(asked: str, number: int) -> None:
    page = Page.of(asked, 101, 50)
    assert (page.number, page.last, page.start) == (number, 3, (number - 1) * 50)


@pytest.mark.parametrize("asked", ["9" * 10, "9" * 10_000, "٣", "２", "²", "1\n"])
def test_what_is_no_number_or_too_long_is_the_first(asked: str) -> None:
    assert Page.of(asked, 101, 50) == Page(1, 3, 50)


@pytest.mark.parametrize(("total", "last"), [(0, 1), (1, 1), (50, 1), (51, 2), (100, 2)])
def test_every_row_is_on_one_page(total: int, last: int) -> None:
    rows = range(total)
    pages = [Page.of(str(number), total, 50) for number in range(1, last + 1)]
    assert [page.last for page in pages] == [last] * last
    assert [row for page in pages for row in rows[page.rows]] == list(rows)
