const service = require("../../services/service");
const memory = require("../../services/memory");
const { turnOf, copied } = require("../../services/answer");

const PAUSE = 250; // 毫秒：停笔这么久才取提示
const SIZES = { normal: "17px", large: "22px" };
const EXAMPLES = ["养老机构内设医务室至少配几名医生？", "消防演练多久一次？", "家庭医生签约服务有哪些内容？"];

Page({
  data: {
    question: "",
    suggestions: [],
    asking: "",
    problem: null,
    turns: [],
    history: [],
    showHistory: false,
    examples: EXAMPLES,
    large: false,
    size: SIZES.normal,
  },

  onLoad(options) {
    const shared = options && options.question ? decodeURIComponent(options.question) : "";
    this.setData({ question: shared || memory.draft(), history: memory.history() });
    this.resize(memory.large());
  },

  onUnload() {
    clearTimeout(this.pausing);
  },

  onShareAppMessage() {
    const [latest] = this.data.turns;
    if (!latest) return { title: "医养问策：医养结合政策问答", path: "/pages/index/index" };
    const path = `/pages/index/index?question=${encodeURIComponent(latest.question)}`;
    return { title: latest.question, path };
  },

  // 写问题

  onInput({ detail }) {
    this.setData({ question: detail.value, problem: null });
    memory.keepDraft(detail.value); // 来电话、退出小程序，写了一半的也还在
    clearTimeout(this.pausing);
    this.pausing = setTimeout(() => this.suggest(), PAUSE);
  },

  async suggest() {
    const typed = this.data.question.trim();
    const found = typed ? await service.suggestions(typed) : { ok: true, data: { suggestions: [] } };
    // 等答复时又写了别的，或者已经提问，这些提示就过时了；取不到提示不打扰人
    if (typed !== this.data.question.trim() || this.data.asking || !found.ok) return;
    this.setData({ suggestions: found.data.suggestions.map((each) => each.text) });
  },

  // 提问

  submit() {
    return this.ask(this.data.question);
  },

  pick({ currentTarget }) {
    return this.ask(currentTarget.dataset.question);
  },

  retry() {
    return this.ask(this.asked);
  },

  async ask(words) {
    const question = (words || "").trim();
    if (this.data.asking) return;
    if (!question) {
      this.setData({ problem: { message: "请写下要问的问题。", retry: false } });
      return;
    }
    clearTimeout(this.pausing);
    this.asked = question;
    this.setData({ asking: question, problem: null, suggestions: [], showHistory: false });
    const found = await service.ask(question, this.conversationId || null);
    if (found.ok) this.answered(question, found.data);
    else this.setData({ asking: "", problem: { ...found.problem, requestId: found.requestId || "" } });
  },

  answered(question, card) {
    this.conversationId = card.conversation_id;
    const changes = { asking: "", turns: [turnOf(question, card), ...this.data.turns] };
    changes.history = memory.remember(question);
    // 写着的正是刚才问的才清空；等答复时又写的留着
    if (this.data.question.trim() === question) {
      changes.question = "";
      memory.keepDraft("");
    }
    this.setData(changes);
  },

  startAfresh() {
    this.conversationId = null;
    this.setData({ turns: [], problem: null });
  },

  // 用回答

  copy({ currentTarget }) {
    const turn = this.data.turns.find((each) => each.id === currentTarget.dataset.id);
    wx.setClipboardData({ data: copied(turn) });
  },

  open({ currentTarget }) {
    wx.navigateTo({ url: currentTarget.dataset.url });
  },

  // 问过的

  toggleHistory() {
    this.setData({ showHistory: !this.data.showHistory });
  },

  forget({ currentTarget }) {
    this.setData({ history: memory.forget(currentTarget.dataset.question) });
  },

  async forgetAll() {
    const { confirm } = await wx.showModal({ title: "清空记录", content: "清空这部手机上的提问记录？" });
    if (confirm) this.setData({ history: memory.forgetAll() });
  },

  // 字号

  toggleLarge() {
    const large = !this.data.large;
    memory.keepLarge(large);
    this.resize(large);
  },

  resize(large) {
    this.setData({ large, size: large ? SIZES.large : SIZES.normal });
  },
});
