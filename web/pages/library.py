"""The library: its documents as a list, and as a map of which cites which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from corpus.library import Library
from web import beijing
from web.pages.citation_map import TIER_NAMES
from web.pages.map_drawing import BOX
from web.pages.map_view import MapView, MapWish, maps_of
from web.pages.rendering import Pages
from web.pages.shelf import Order, Wish, shelf_of
from web.wording import clean_words

_LONGEST_WISH = 100
"""Characters of what the list of documents is narrowed down by."""
ORDERS = {Order.REGION: "按地区", Order.NEWEST: "日期新的在前", Order.OLDEST: "日期早的在前"}
_SWITCH = {"0": False, "1": True}


def library_router(library: Library, pages: Pages) -> APIRouter:
    """/library and /library/map; /documents, where the list was before, leads on."""
    router, maps = APIRouter(include_in_schema=False), maps_of(library)

    @router.get("/library")
    def shelf(request: Request, q: str = "", region: str = "", standing: str = "", sort: str = "") -> Response:
        found = shelf_of(library, _wish(q, region, standing, sort), beijing.today())
        return pages.render(request, "library.html", {"shelf": found, "orders": ORDERS})

    @router.get("/documents")
    def formerly(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/library{query}", 308)

    @router.get("/library/map")
    def citations(request: Request, around: str = "", scope: str = "", missing: str = "") -> Response:
        wish = MapWish(around, scope == "all", _SWITCH.get(missing))
        return pages.render(request, "map.html", _map(maps(wish, beijing.today())))

    return router


def _map(view: MapView) -> Mapping[str, Any]:
    boxes = view.drawing.boxes
    tiers = sorted({box.node.tier for box in boxes})
    return {
        "map": view,
        "tiers": [(tier.value, TIER_NAMES[tier]) for tier in tiers],
        "has_ended": any(box.node.ended for box in boxes),
        "size": BOX,
    }


def _wish(words: str, region: str, standing: str, sort: str) -> Wish:
    """What the list of documents is asked for. Raises Problem (control_characters)."""
    words, region, standing = (clean_words(each)[:_LONGEST_WISH] for each in (words, region, standing))
    return Wish(words, region, standing, Order(sort) if sort in [*Order] else Order.REGION)
