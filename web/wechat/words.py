"""What is said to messages that are not questions."""

from __future__ import annotations

from collections.abc import Mapping

from web.pages.turns import EXAMPLES
from web.wechat.messages import Message

GREETING = "\n".join(
    (
        "您好，这里是医养问策。",
        "请直接发来医养结合政策方面的问题，答复引用文件原文，并注明出处。例如：",
        *(f"· {example}" for example in EXAMPLES[:3]),
    )
)
SLOW = "正在查询，请过几秒把问题再发一次。"
_ONLY_TEXT = "请把问题写成文字发来。"

# MsgType: what is said to it. An empty reply to a user who has written something would look like a fault.
_OTHER_KINDS: Mapping[str, str] = {
    "image": f"暂时不能识别图片，{_ONLY_TEXT}",
    "voice": f"暂时不能识别语音，{_ONLY_TEXT}",
    "video": f"暂时不能识别视频，{_ONLY_TEXT}",
    "shortvideo": f"暂时不能识别视频，{_ONLY_TEXT}",
    "location": f"收到了您的位置。想问某地的规定，{_ONLY_TEXT}",
    "link": f"收到了您的链接。想问其中的规定，{_ONLY_TEXT}",
    "file": f"暂时不能读取文件，{_ONLY_TEXT}",
}
# Event: those behind which a person waits for a word. The others (unsubscribe, LOCATION, VIEW, reports of delivery)
# get none: the platform would show it.
_GREETED = frozenset({"subscribe", "scan", "click"})


def set_words(message: Message) -> str | None:
    """What is said to anything but a text; empty where nothing is to be said. None for a text."""
    if message.kind == "text":
        return None
    if message.kind == "event":
        return GREETING if message.event.lower() in _GREETED else ""
    return _OTHER_KINDS.get(message.kind, f"暂时只能回答文字问题，{_ONLY_TEXT}")
