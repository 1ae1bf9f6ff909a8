"""A page of a government site, with all that stands around its text."""

from __future__ import annotations

HEAD = """<ul id="nav"><li><a href="/">首页</a></li><li><a href="/zwgk">政务公开</a></li>
<li><a href="/hdjl">互动交流</a></li></ul>
<div class="search">搜索热词：<a href="/s">社保</a> <a href="/s">医保</a></div>
<div class="path">您当前所在的位置：<a href="/">首页</a> > <a href="/zwgk">政务公开</a> > 通知公告</div>"""
FOOT = """<div class="share"><a href="javascript:;">打印</a> <a href="javascript:;">关闭</a></div>
<div>扫一扫在手机打开当前页</div><p>上一篇：<a href="/1.html">关于开展检查的通知</a></p>
<p>下一篇：<a href="/2.html">关于印发方案的通知</a></p>
<div class="related"><h3>相关新闻</h3><ul><li><a href="/3.html">区民政局走访养老机构</a></li></ul></div>
<div class="footer"><p>主办单位：某某区人民政府 联系我们</p>
<p>网站标识码：1100000001 京ICP备00000001号 京公网安备11000000000001号</p></div>"""
BODY = """<p>各街道办事处，各有关单位：</p>
<p>为推进医养结合，现就有关事项通知如下：</p>
<p><strong>一、</strong>养老机构内设医务室的，至少配备1名医师和1名护士，原则上每周巡诊一次，做好健康档案管理。</p>
<p>二、各单位应当于2025年6月底前完成备案，逾期未备案的，由区民政局责令改正，并向社会公布。</p>
<p>附件：1.<a href="/files/1.docx">养老机构备案表.docx</a></p>
<p>2.<a href="/files/2.xls">医师花名册.xls</a></p>
<p style="text-align:right">某某区民政局</p><p style="text-align:right">2025年3月1日</p>"""
LINES = [
    "各街道办事处，各有关单位：",
    "为推进医养结合，现就有关事项通知如下：",
    "一、养老机构内设医务室的，至少配备1名医师和1名护士，原则上每周巡诊一次，做好健康档案管理。",
    "二、各单位应当于2025年6月底前完成备案，逾期未备案的，由区民政局责令改正，并向社会公布。",
    "附件：1.养老机构备案表.docx",
    "2.医师花名册.xls",
    "某某区民政局",
    "2025年3月1日",
]
"""What is read of that body."""
TITLE = "某某区民政局关于加强养老机构医养结合服务的通知"


def page(
    body: str = BODY, above: str = "", title: str = f"<h1>{TITLE}</h1>", meta: str = '<meta charset="utf-8">'
) -> str:
    """The page, whole. above: what stands before its title."""
    head = f"<head>{meta}<title>{TITLE}-某某区人民政府门户网站</title></head>"
    text = f'<div class="detail">{above}{title}<div id="zoom">{body}</div></div>'
    return f"<!DOCTYPE html><html>{head}<body>{HEAD}{text}{FOOT}<script>var a = '脚本';</script></body></html>"
