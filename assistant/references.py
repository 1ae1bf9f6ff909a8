"""Questions for what a text says that the documents name and the library does not have."""

from __future__ import annotations

import re
from collections.abc import Sequence

_EDITION = re.compile(r"[（(][^（）()]*[）)]$")
_SHORTEST = 6
"""Characters of a title that is known by itself in a question."""
# Behind the title: what it says is asked, not what is done according to it («按照《…》要配几个医生»).
_ITS_CONTENT = r"》?(?:[（(][^（）()]{1,8}[）)])?》?(?:里|中|上面|上写|第.{1,4}条|怎么[说写规]|规定了|写了|写的|写着)"


def text_asked(question: str, titles: Sequence[str]) -> str | None:
    """The title, of those given, whose content a question asks for; None where it asks for none's."""
    for title in titles:
        core = _EDITION.sub("", title)
        if len(core) >= _SHORTEST and core in question and re.search(re.escape(core) + _ITS_CONTENT, question):
            return title
    return None
