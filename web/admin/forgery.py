"""Against requests that another site lets a signed-in browser send (CSRF).

A token signed with the server's secret, bound to the session, in every form; and what the browser itself says of where
a request comes from (Fetch Metadata, else Origin). A request must satisfy both.
"""

from __future__ import annotations

from secrets import compare_digest
from urllib.parse import urlsplit

from fastapi import Request
from itsdangerous import BadData, URLSafeTimedSerializer

FIELD, HEADER = "csrf", "x-csrf-token"
"""Where a form, and a script, put the token."""
_SALT = "yiyang.admin.csrf"


class Forgery:
    """Makes and checks the tokens of a server."""

    def __init__(self, secret: bytes) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt=_SALT)

    def token(self, subject: str) -> str:
        """A token for a session, or for a visitor about to sign in."""
        return str(self._serializer.dumps(subject))

    def is_genuine(self, token: str, subject: str, max_age: int) -> bool:
        """Whether a token is this subject's and at most max_age seconds old."""
        try:
            said = self._serializer.loads(token, max_age=max_age)
        except (BadData, ValueError):
            return False
        return isinstance(said, str) and compare_digest(said.encode(), subject.encode())


def from_elsewhere(request: Request) -> bool:
    """Whether the browser says that a request was started by another site; an origin that cannot be read is one."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc != request.headers.get("host", "")
    except ValueError:
        return True
