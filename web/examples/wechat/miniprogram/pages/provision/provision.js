// 一个条目的原文。地址由服务端给出（卡片的 pagePath）：
// pages/provision/provision?document_id=…&article_id=…&start=…&end=…，marks 由本小程序加上。
const service = require("../../services/service");
const memory = require("../../services/memory");
const { passage, read } = require("../../services/marking");

// 页面参数没有解码，服务端以 + 表示空格
function decoded(words) {
  try {
    return decodeURIComponent((words || "").replace(/\+/g, "%20"));
  } catch (error) {
    return "";
  }
}

Page({
  data: { loading: true, problem: null, provision: null, segments: [], size: "17px" },

  onLoad(options) {
    this.documentId = decoded(options.document_id);
    this.articleId = decoded(options.article_id);
    this.range = [Number(options.start), Number(options.end)];
    this.marks = read(decoded(options.marks));
    this.setData({ size: memory.large() ? "22px" : "17px" });
    return this.load();
  },

  async load() {
    this.setData({ loading: true, problem: null });
    const found = await service.provision(this.documentId, this.articleId);
    if (!found.ok) {
      this.setData({ loading: false, problem: { ...found.problem, requestId: found.requestId || "" } });
      return;
    }
    const provision = found.data;
    const segments = passage(provision.whole_text, provision.start, ...this.range, this.marks);
    const { title, document_number: number, label, headings } = provision;
    this.text = provision.whole_text;
    this.setData({ loading: false, segments, provision: { title, number: number || "", label, headings } });
  },

  copy() {
    const { title, number, label } = this.data.provision;
    const source = `《${title}》${number ? `（${number}）` : ""}${label}`;
    wx.setClipboardData({ data: `「${this.text.trim()}」\n——${source}` });
  },

  onShareAppMessage() {
    const { title, label } = this.data.provision || { title: "医养问策", label: "" };
    const query = { document_id: this.documentId, article_id: this.articleId, start: this.range[0], end: this.range[1] };
    const written = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return { title: `${title} ${label}`, path: `/pages/provision/provision?${written.join("&")}` };
  },
});
