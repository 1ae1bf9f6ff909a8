"""The address of this site, for the links that leave it: in messages, in files, in what is copied."""

from __future__ import annotations

from ipaddress import ip_address

from fastapi import Request

from web.problems import Problem
from web.wechat.settings import SITE

_OF_A_BUILDING = (".local", ".localhost", ".internal", ".lan", ".home.arpa")
"""How names end that only one building or one machine knows."""


def site_of(request: Request, public_url: str) -> str:
    """The address of this site, without a slash at its end: as set, else as the request names it, which is the caller's
    word. Raises Problem where that is no address."""
    site = public_url or str(request.base_url)
    if not SITE.fullmatch(site):
        raise Problem("bad_request", "请求的 Host 不是网站地址，无法给出链接。")
    return site.rstrip("/")


def public_site_of(request: Request, public_url: str) -> str:
    """The same for words that are copied to be sent on; empty where the request names it as it is known on this machine
    or in this building only: a link there is of no use to whoever gets it in a message."""
    is_known = bool(public_url) or (_is_public(request.url.hostname or "") and SITE.fullmatch(str(request.base_url)))
    return site_of(request, public_url) if is_known else ""


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_OF_A_BUILDING)
