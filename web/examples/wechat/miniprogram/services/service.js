// 经云函数 ask 与医养问策服务往来。小程序里没有密钥，也没有服务地址。
const OFFLINE = { code: "offline", message: "网络不通，请检查网络后重试。", retry: true };

/** 总是得到 {ok, data} 或 {ok, problem, requestId}，不会被拒绝。 */
async function call(action, data) {
  try {
    const { result } = await wx.cloud.callFunction({ name: "ask", data: { ...data, action } });
    return result || { ok: false, problem: OFFLINE };
  } catch (error) {
    return { ok: false, problem: OFFLINE };
  }
}

module.exports = {
  ask: (question, conversationId) => call("ask", { question, conversation_id: conversationId }),
  suggestions: (typed) => call("suggestions", { q: typed }),
  provision: (documentId, articleId) => call("provision", { document_id: documentId, article_id: articleId }),
};
