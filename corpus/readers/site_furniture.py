"""What government sites print around a document: paths, buttons, footers; and the box of its facts, which is kept.

One row of a table a thing. The sites are those of the national and local governments that follow the State Council's
guide for government websites (国办发〔2017〕47号).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.readers.reading import Furniture

# Fields of the box of facts (信息公开) and of the line under a title, as sites name them.
_KEPT = (
    "索引号|信息索引号|信息索引|信息索取号|统一编号|主题分类|信息分类|体裁分类|组配分类|分类|公文种类|文种|发文机关|发布机关|发布机构|发布单位|发文单位|制发机关"
    "|制定机关|责任部门|公开责任部门|成文日期|发文日期|发布日期|印发日期|公布日期|生成日期|发布时间|发表时间|更新时间|发文字号|文件字号|文件编号"
    "|文号|信息名称|文件名称|名称|标题|主题词|关键词|有效性|时效性|时效|效力状态|文件状态|实施日期|生效日期|施行日期|失效日期|废止日期|有效期"
    "|公开方式|公开形式|公开类别|公开属性|信息来源|稿件来源|文章来源|来源|时间|内容概述|内容概要|签发人"
)
# Counters and buttons in the same line.
_TOOLS = (
    "浏览字号|浏览次数|浏览量|浏览|点击次数|点击数|点击量|点击率|阅读次数|阅读量|访问次数|访问量|字体大小|字体|字号|视力保护色|保护视力色|分享到"
    "|分享|责任编辑|打印"
)


def _spaced(names: str) -> str:
    """The names with spaces between their characters, as in 文 号."""
    return "|".join(r"\s?".join(name) for name in names.split("|"))


_FIELD = re.compile(rf"[\[【(（]?\s?(?:(?P<kept>{_spaced(_KEPT)})|(?P<tool>{_spaced(_TOOLS)}))\s?[：:]")
_LONGEST_FIELDS = 400
_NO_VALUE = re.compile(r"[\s\-—–/|｜\[\]【】()（）]*(?:无|暂无)?")

# Words of buttons, which make up a whole line: 【打印】【关闭】 大 中 小
_BUTTON = (
    "打印本页|打印正文|打印|关闭窗口|关闭本页|关闭|收藏本页|收藏|分享到|分享|微信好友|微信|新浪微博|微博|QQ空间|QQ好友|QQ|朋友圈|复制链接|返回顶部"
    "|返回首页|返回列表|返回|我要纠错|纠错|朗读|下载文字版|下载图片版|下载文件|下载|字体|字号|大|中|小|默认|特大|A[+-]|语音播报|听全文|无障碍阅读|无障碍"
    "|长者助手|收起|展开|扫一扫|扫码浏览|手机版|电脑版|搜索|首页|上一页|下一页|X|×"
)
_PARTING = r"[\s|｜/【】\[\]（）()·:：+*-]"
_LINES: tuple[tuple[Furniture, re.Pattern[str]], ...] = (
    # 您当前所在的位置：首页 > 政务公开 > …
    (
        Furniture.BREADCRUMB,
        re.compile(
            r"(?:您?的?(?:当前|现在|目前)(?:所在)?的?位置|您的?(?:所在)?的?位置|您(?:现在|当前)在)\s?[是在]?\s?[：:>]"
        ),
    ),
    # 位置：首页 > …
    (Furniture.BREADCRUMB, re.compile(r"(?:(?:所在)?位置\s?[：:]\s?)?(?:网站)?首页\s?[>＞»›→/-]")),
    # buttons and what parts them; possessive, so that no line is read in two ways
    (Furniture.PAGE_TOOL, re.compile(rf"(?:{_PARTING}*+(?>{_BUTTON}))++{_PARTING}*+$")),
    # 扫一扫在手机打开当前页
    (
        Furniture.PAGE_TOOL,
        re.compile(r"(?:使用微信|用微信|微信|手机)?扫一?扫[^。]{0,30}$|用手机[^。]{0,10}扫[^。]{0,20}$"),
    ),
    # 浏览次数：- 您是第 - 位访客
    (Furniture.PAGE_TOOL, re.compile(rf"(?:{_TOOLS})\s?[：:]\s?[-\d次]*\s?$|您是第[^。]{{0,20}}访")),
    # -次, ↺: what a script fills, and icons
    (Furniture.PAGE_TOOL, re.compile(r"-\s*次$|[^\w\s]{1,3}$")),
    (Furniture.RELATED_LINKS, re.compile(r"[<【\[]?(?:上一[篇条页则]|下一[篇条页则])\s*[】\]]?\s*[：:]")),
    # 主办单位：… 粤ICP备… 网站标识码…
    (
        Furniture.SITE_FOOTER,
        re.compile(r".{0,200}(?:ICP备|网站标识码|公网安备|政府网站找错|版权所有|Copyright)", re.IGNORECASE),
    ),
)
_LONGEST_LINE = 400
# A heading over links to other pages.
_RELATED = re.compile(
    r"[【\[]?(?:相关(?:链接|文章|新闻|阅读|政策|解读|信息|资讯|内容|稿件|报道|推荐|专题|文件|图文)|推荐阅读|延伸阅读|热点(?:新闻|推荐|信息)"
    r"|猜你喜欢|关联稿件|政策解读|解读|友情链接)[】\]]?\s*[：:]?$"
)


@dataclass(frozen=True, slots=True)
class Fields:
    """The facts in a line, as «键：值»; names of fields left empty; counters and buttons."""

    kept: tuple[str, ...]
    empty: tuple[str, ...]
    tools: tuple[str, ...]


def furniture_of(line: str) -> Furniture | None:
    """The kind of furniture that a line is, None where it may be text."""
    if len(line) > _LONGEST_LINE:
        return None
    return next((kind for kind, pattern in _LINES if pattern.match(line)), None)


def heads_related(line: str) -> bool:
    """Whether a line heads a list of links to other pages."""
    return _RELATED.match(line) is not None


def read_fields(line: str) -> Fields | None:
    """The fields of a line that is made of fields: «发布日期：2024-07-26 来源：区民政局 浏览：12»; None for others."""
    if len(line) > _LONGEST_FIELDS or not _FIELD.match(line):
        return None
    matches = list(_FIELD.finditer(line))
    kept, empty, tools = [], [], []
    for match, end in _with_ends(matches, len(line)):
        value = line[match.end() : end].strip(" \t[]【】|｜")
        name = "".join((match["kept"] or match["tool"]).split())
        if match["tool"]:
            tools.append(line[match.start() : end].strip())
        elif _NO_VALUE.fullmatch(value):
            empty.append(line[match.start() : end].strip())
        else:
            kept.append(f"{name}：{value}")
    return Fields(tuple(kept), tuple(empty), tuple(tools))


def is_field_name(line: str) -> bool:
    """Whether a line is the name of a field whose value stands apart."""
    match = _FIELD.match(line)
    return match is not None and match.end() == len(line) and match["kept"] is not None


def _with_ends(matches: list[re.Match[str]], length: int) -> Iterator[tuple[re.Match[str], int]]:
    yield from zip(matches, [*(match.start() for match in matches[1:]), length], strict=True)
