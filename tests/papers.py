"""Papers for tests of what is added: made up, but as such papers are written."""

from __future__ import annotations

from pathlib import Path

NOTICE = """\
某县人民政府办公室关于推进医养签约服务的通知
某政办发〔2024〕31号
各乡镇人民政府，县有关部门：
为推进医养签约服务，现通知如下。
一、签约范围
（一）县域内养老机构应当与就近的医疗卫生机构签订协议。
（二）签约医疗卫生机构每月上门巡诊不少于2次。
二、工作要求
县卫生健康局每年6月底前将签约情况报送县民政局。
某县人民政府办公室
2024年5月20日
"""
"""With a number and a date."""

REVISED = NOTICE.replace("不少于2次", "不少于4次")
"""The same notice, another version of its text."""

NEXT_YEAR = NOTICE.replace("2024", "2025").replace("31号", "8号").replace("不少于2次", "不少于3次")
"""A notice of the same title, with a number and a date of its own."""

RULES = """\
某市养老机构服务管理办法
（2019年3月1日某市人民代表大会常务委员会通过）
第一条 为了规范养老机构服务，制定本办法。
第二条 养老机构应当建立老年人健康档案。
第三条 本办法自2019年5月1日起施行。
"""
"""With a date and without a number."""

PLAN = """\
工作方案
一、工作目标
到2026年底，全县养老机构签约率达到100%。
二、重点任务
（一）签约医疗机构每月上门巡诊不少于2次。
（二）养老机构设置医务室的，配备不少于1名执业医师。
三、组织保障
县卫生健康局会同县民政局抓好落实。
"""
"""Without a number and a date, under a title that many papers have."""

PLAN_REVISED = PLAN.replace("不少于1名", "不少于2名")

OTHER_PLAN = """\
工作方案
一、指导思想
深入推进爱国卫生运动。
二、重点任务
（一）每季度开展1次环境整治。
（二）每年对公共厕所检查2次。
"""


def written(folder: Path, name: str, text: str) -> Path:
    """A file of that text."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path
