"""Numbering of all sorts: every case is a document, each line with the id of the provision that it opens.

A line without an id goes on with the provision above it; + joins a line to the one above, where numbers run together;
␣ is a space at the end of a line.
The own texts are checked too, so that nothing is glued to a neighbour.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus.provisions import Metadata, PolicyDocument
from corpus.structure.cleaning import clean
from corpus.structure.parser import parse

LIBRARY = Path(__file__).parents[2] / "shared" / "library"

# 编, 章 and 节 hold articles and are no part of their ids; nothing of them is merged.
HEADINGS = (
    """
0        | 甲法
c1       | 第一章 总则
c1.s1    | 第一节 一般
1        | 第一条 甲。
2        | 第二条 甲。
c1.s2    | 第二节 特别
3        | 第三条 甲。
c2       | 第二章 附则
4        | 第四条 乙。
    """,
    """
b1       | 第一编 总则
b1.c1    | 第一章 甲
1        | 第一条 甲。
b2       | 第二编 物权
b2.f1    | 第一分编 通则
b2.f1.c1 | 第一章 乙
2        | 第二条 乙。
    """,
    """
p1       | 第一部分 甲
p1.1     | 一、乙
p1.2     | 二、丙
p2       | 第二部分 丁
p2.3     | 三、戊
p2.3.1   | （一）己
    """,
    """
c1       | 第一章
         | 总　则
1        | 第一条 甲。
    """,
    """
30       | 第三十条 甲。
c5       | 第五章 罚则
31       | 第三十一条 乙。
32       | 第三十二条 丙。
    """,
)
# Tables of contents, with the word 目录 and without it, with page numbers and without: none opens anything.
CONTENTS = (
    """
0        | 甲法
         | 目录
         | 第一章 总则
         | 第一节 一般
         | 第二章 附则
c1       | 第一章 总则
c1.s1    | 第一节 一般
1        | 第一条 甲。
c2       | 第二章 附则
2        | 第二条 丙。
    """,
    """
0        | 甲法
         | 目　录
         | 第一章　总　则………1
         | 第二章　附　则………9
c1       | 第一章　总则
1        | 第一条 甲。
c2       | 第二章　附则
2        | 第二条 丙。
    """,
    """
0        | 甲办法
         | 第一章 总则
         | 第二章 附则
c1       | 第一章 总则
1        | 第一条 甲。
c2       | 第二章 附则
2        | 第二条 丙。
    """,
    """
0        | 甲方案
         | 目录
         | 一、总则……1
         | 二、附则……3
1        | 一、总则
         | 甲乙。
2        | 二、附则
         | 丙。
    """,
    """
0        | 甲方案
         | 目录
         | 一、总则……1
         | 附件1 乙表……9
1        | 一、总则
         | 丙。
a1:0     | 附件1
         | 乙表
         | 项目
    """,
)
# Lines that begin with an article that they only name.
NAMED = (
    """
1        | 第一条 甲。
1.2      | 第三条规定以外的，适用本条。
2        | 第二条 乙。
2.2      | 第五条、第六条所列情形除外。
    """,
    """
1        | 一、将第三条修改为：
         | “第三条 乙。”
         | 第五条 丙。
2        | 二、删去第七条。
    """,
)
# Numbers missing, repeated, inserted (第三条之一) and misread.
MISPRINTED = (
    """
3        | 第三条 甲。
3-1      | 第三条之一 乙。
3-2      | 第三条之二 丙。
4        | 第四条 丁。
6        | 第六条 戊。
    """,
    """
1        | 第一条 甲。
1~2      | 第一条 乙：
1~2.1    | （一）丙；
1~2.2    | （二）丁。
2        | 第二条 戊。
    """,
    """
9        | 第九条 甲。
10       | 第十条 乙。
11       | 第十—条 丙。
12       | 第十二条 丁。
    """,
    """
1        | 一、甲
1.1      | （一）乙。
1.2      | （二）丙。
1.3      | 三）丁。
1.4      | （四）戊。
    """,
    """
999      | 第九百九十九条 甲。
1000     | 第一千条 乙。
1001     | 第一千零一条 丙。
    """,
)
# 款 and 项: text behind a list is not stuck to its last item, cells of a table are no 款.
STATUTES = (
    """
1        | 第一条 下列条件：
1.1.1    | （一）甲；
1.1.2    | （二）乙。
1.2      | 前款规定丙。
2        | 第二条 丁。
    """,
    """
1        | 第一条 下列条件：
1.1      | （一）甲；
         | 补充。
1.2      | （二）乙。
2        | 第二条 丁。
    """,
    """
1        | 第一条 甲。
1.2      | 乙。
1.3      | 丙，下列：
1.3.1    | （一）丁：
1.3.1.1  | 1.戊；
1.3.1.2  | 2.己。
1.3.2    | （二）庚。
1.3.3    | （三）辛。
1.4      | 前款壬。
    """,
    """
1        | 第一条 甲。
1.2      | 下列：
1.2.1    | （一）乙；
1.2.2    | （二）丙。
1.3      | 下列：
1.3.1    | （一）丁；
1.3.2    | （二）戊。
    """,
    """
1        | 第一条 按下列标准：
         | 项目
         | 金额
         | 甲
         | 100
         | 3
2        | 第二条 乙。
    """,
    """
1        | 第一条
         | 甲。
1.2      | 乙。
2        | 第二条（适用范围）
         | 丙。
3        | 第三条【定义】丁。
3.2      | 戊。
    """,
    """
5        | 第五条 职责：
         | 统筹协调；
         | 督促检查；
         | 其他。
5.2      | 每年开会。
    """,
)
# Lists of official documents: what speaks of a list as a whole, or begins a new one, is not in its last item.
LISTS = (
    """
1        | 一、材料包括：
1.1      | 1.身份证；
1.2      | 2.户口簿；
1.3      | 3.其他。
1.t1     | 以上材料交窗口。
2        | 二、丙
    """,
    """
1        | 一、甲
1.1      | （一）乙；
1.2      | （二）丙。
1.t1     | 本项由民政局负责。
2        | 二、丙
    """,
    """
1        | 一、甲
1.1      | （一）乙。
1.2      | （二）丙。
         | 由民政局负责。
2        | 二、丙
    """,
    """
1        | 一、注意：
1.1      | 1.甲；
1.2      | 2.乙。
1.t1     | 流程：
1.t1.1   | 1.丙；
1.t1.2   | 2.丁。
2        | 二、戊
    """,
    """
1        | 1.条件有哪些？
         | 答：
1.1      + （一）甲乙；
1.2      + （二）丙丁。
2        | 2.何时？
         | 答：明日。
3        | 3.何地？
         | 答：
3.1      + （一）某地；
3.2      + （二）某处。
    """,
)
# Headings without numbers.
UNNUMBERED = (
    """
0        | 总则
1        | 第一条 甲。
t1       | 养老服务
2        | 第二条 乙。
3        | 第三条 丙。
t2       | 法律责任
4        | 第四条 丁。
    """,
    """
1        | 一、甲。
2        | 二、乙。
t1       | 面向个人的政策
t1.1     | 一、丙。
t1.2     | 二、丁。
    """,
    """
0        | 办事指南
t1       | 办理地点
         | 在甲路1号。
t2       | 办理时间
         | 工作日办理。
         | 凭身份证。
    """,
)
# Numbers run together on one line, and what only looks like it.
RUN_TOGETHER = (
    """
0        | 停止发放：
1        + 1.死亡的；
2        + 2.失踪的；
3        + 3.迁出的。
    """,
    """
1        | 一、甲：
1.1      + （一）乙乙；
1.2      + （二）丙丙，按照（一）（二）规定；
1.3      + （三）丁丁。
    """,
    """
c1       | 第一章 总则␣
1        + 第一条 甲甲。
2        + 第二条 乙乙，第三条规定的除外。
3        + 第三条 丙丙。
c2       + 第二章 附则␣
4        + 第四条 丁丁。
    """,
    """
c1       | 第一章 总则␣
1        + 第一条 甲甲。
2        + 第二条 乙乙。
c2       + 第二章 附则
3        + 第三条 丙丙。
    """,
    """
0        | 步行2.5公里；3.6公里。费用：1.甲；3.乙。
    """,
    """
0        | 符合下列情形：（一）、（二）项的；（三）其他。
    """,
    """
0        | 街道：甲街；电话：1；备注：1.周一；2.周二。
    """,
)
# Annexes: headings, the list of annexes, a second text without the word 附件, short lines and digits of tables.
ANNEXES = (
    """
0        | 关于甲的通知
         | 各单位：
1        | 一、甲。
end      | 附件：1.甲办法
         | 2.乙标准
         | 某局
         | 2025年1月2日
a1:0     | 附件1
         | 甲办法
a1:1     | 第一条 甲。
a1:2     | 第二条 乙。
a2:0     | 附件2
         | 乙标准
a2:1     | 一、丙
a2:1.1   | （一）丁
a2:2     | 二、戊
    """,
    """
0        | 关于甲的通知
         | 现印发。
         | 附件：1.甲办法 2.乙标准
         | 某局
         | 2025年1月2日
a1:0     | 附件1：甲办法
a1:1     | 第一条 甲。
a2:0     | 附件2：乙标准
         | 序号
         | 1
         | 2
    """,
    """
0        | 关于甲的通知
1        | 一、甲。
end      | 附件：
         | 1.甲办法
         | 2.乙标准
         | 某局
         | 2025年1月2日
    """,
    """
0        | 关于甲的通知
1        | 一、甲。
end      | 附件1：甲办法
         | 附件2：乙标准
         | 某局
         | 2025年1月2日
    """,
    """
0        | 甲办法
1        | 第一条 甲。
end      | 附件：评分表
a1:0     | 附件
         | 评分表
         | 项目
         | 100
    """,
    """
0        | 关于甲的通知
1        | 一、甲。
a1:0     | 附件一
         | 甲表
a1:1     | 一、乙
a1-2:0   | 附件1-2
         | 乙表
a1-2:1   | （一）丙
a2:0     | 附件二
         | 丙表
    """,
    """
0        | 关于甲的通知
1        | 一、甲。
a1:0     | 附件1
         | 甲表
a1~2:0   | 附件1
         | 乙表
    """,
    """
0        | 关于印发甲办法的通知
1        | 一、现印发。
2        | 二、请执行。
end      | 某局
         | 2025年1月2日
a1:0     | 甲办法
a1:1     | 第一条 甲。
a1:2     | 第二条 乙。
a1:end   | 某局办公室 2025年1月3日印发
    """,
    """
0        | 关于印发甲办法的通知
         | 现印发。
         | 某局
         | 2025年1月2日
         | 甲办法
1        | 第一条 甲。
2        | 第二条 乙。
    """,
    """
0        | 甲办法
1        | 第一条 甲。
2        | 第二条 本办法自公布之日起施行。
a1:0     | 乙办法
a1:c1    | 第一章 总则
a1:1     | 第一条 丙。
a1:2     | 第二条 丁。
    """,
    """
0        | 甲章程
c1       | 第一章 总则
1        | 第一条 甲。
c2       | 第二章 会员
1~2      | 第一条 乙。
    """,
    """
0        | 附件2
         | 甲办法
1        | 第一条 甲。
2        | 第二条 乙。
    """,
    """
1        | 一、甲。
         | 附件所列项目由民政局负责。
         | 附件1和附件2另行印发。
2        | 二、乙
    """,
)
# Closings.
CLOSINGS = (
    """
1        | 第一条 甲。
2        | 第二条 本办法自公布之日起施行。
end      | 公开方式：主动公开
         | 某局办公室 2025年1月2日印发
         | 扫一扫在手机打开当前页
    """,
    """
1        | 第一条 甲。
end      | 某市民政局
         | 2026年 4月 20 日
         | （联系人：张三，电话：1）
         | 抄送：某局。
    """,
)

CASES = (*HEADINGS, *CONTENTS, *NAMED, *MISPRINTED, *STATUTES, *LISTS, *UNNUMBERED, *RUN_TOGETHER, *ANNEXES, *CLOSINGS)


def read_case(case: str) -> tuple[str, list[tuple[str, str]]]:
    """The text of a case, and the ids with the own texts that they should have."""
    text = ""
    expected: list[tuple[str, str]] = []
    for line in case.strip("\n").rstrip().split("\n"):
        article_id, joint, words = line[:9].strip(), line[9], line[11:].replace("␣", " ")
        joined = words if joint == "+" or not text else f"\n{words}"
        if article_id:
            if joint == "|" and expected:
                expected[-1] = (expected[-1][0], f"{expected[-1][1]}\n")
            expected.append((article_id, words))
        else:
            expected[-1] = (expected[-1][0], expected[-1][1] + joined)
        text += joined
    return text, expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.split("|", 1)[1].split("\n", 1)[0].strip())
def test_every_line_is_in_its_provision(case: str) -> None:
    text, expected = read_case(case)
    provisions = parse(text)
    assert [(each.article_id, text[each.start : each.end]) for each in provisions] == expected
    document = PolicyDocument("case", Metadata("甲"), text, provisions)
    for provision in document.walk():
        for child in document.children(provision.article_id):
            assert provision.end <= child.start
            assert child.subtree_end <= provision.subtree_end
            assert child.level == provision.level + 1


# How else the same statute may be printed: what the pattern finds, and what it becomes.
PRINTED_OTHERWISE = {
    "no space behind the number": (r"(?m)^(第[^条\s]+条)[ \u3000]+", r"\1"),
    "the number on a line of its own": (r"(?m)^(第[^条\s]+条)[ \u3000]+", r"\1\n"),
    "the number in bold": (r"(?m)^(第[^条\s]+条)[ \u3000]+", r"**\1** "),
    "spaces around the number": (r"(?m)^第([^条\s]+)条[ \u3000]+", r"第 \1 条　"),
    "indented lines": (r"(?m)^(?=\S)", "\u3000\u3000"),
    "line ends of another system": (r"\n", "\r\n"),
}
STATUTES_OF_THE_LIBRARY = (
    "national/老年人权益保障法(2018-12-29).txt",
    "national/食品安全法(2021-04-29).txt",
    "national/医疗机构制剂配制质量管理规范（试行）(2001-03-13).txt",
    "local/深圳经济特区中医药条例(2023-01-06).txt",
    "local/威海市居民养老服务保障条例(2020-01-17).txt",
)


@pytest.mark.parametrize("printed", PRINTED_OTHERWISE)
@pytest.mark.parametrize("name", STATUTES_OF_THE_LIBRARY)
def test_a_statute_printed_otherwise_has_the_same_provisions(name: str, printed: str) -> None:
    path = LIBRARY / name
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    source = path.read_text("utf-8")
    pattern, becomes = PRINTED_OTHERWISE[printed]
    otherwise, count = re.subn(pattern, becomes, source)
    assert count > 20
    ids = [provision.article_id for provision in parse(clean(source).text)]
    assert [provision.article_id for provision in parse(clean(otherwise).text)] == ids
    assert len(ids) > 60
