// 服务端的卡片（format=card）变成页面要显示的样子。
const { segments, written } = require("./marking");

const BADGES = {
  answered: "文件有规定",
  unspecified: "有涉及，没有写明",
  clarify: "请再说具体一点",
  not_found: "没有找到",
};

/** 一问一答。 */
function turnOf(question, card) {
  const quotations = card.quote ? [card, ...card.further] : [];
  return {
    id: card.answer_id,
    question,
    status: card.status,
    badge: BADGES[card.status] || "",
    finding: card.finding,
    quotations: quotations.map((each) => ({
      quote: each.quote,
      segments: segments(each.quote, each.marks),
      citation: each.citation,
      url: urlOf(each.pagePath, each.marks),
    })),
    related: card.related.map((each) => ({ ...each, url: urlOf(each.pagePath, []) })),
    options: card.options,
  };
}

/** 打开原文的地址；pagePath 前没有斜杠，跳转时要有。 */
function urlOf(pagePath, marks) {
  if (!pagePath) return "";
  return marks.length ? `/${pagePath}&marks=${written(marks)}` : `/${pagePath}`;
}

/** 复制出去的文字：结论、引文、出处，可直接贴进微信回复。 */
function copied(turn) {
  const quoted = turn.quotations.map((each) => `「${each.quote}」\n——${each.citation}`);
  return [turn.finding, ...quoted].join("\n\n");
}

module.exports = { turnOf, copied };
