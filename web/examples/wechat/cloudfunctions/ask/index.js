// 云函数 ask：小程序的提问、输入提示、查看条目都经过这里，再转给医养问策服务。
// 环境变量（在云开发控制台的“版本与配置”里填写）：
//   YIYANG_URL  服务地址，如 https://wen.example.cn
//   YIYANG_KEY  密钥，由 python -m web keys create 生成；只放在这里，不放进小程序
"use strict";

const { randomUUID } = require("crypto");
const { call } = require("./http");
const { problemOf } = require("./problems");

const PREFIX = "/api/v1";

// 每个动作：用什么方法、发往哪里、带什么。只转发列出的字段。
const ACTIONS = {
  ask: ({ question, conversation_id = null }) => ({
    method: "POST",
    path: `${PREFIX}/ask`,
    body: { question, conversation_id, format: "card" },
  }),
  suggestions: ({ q }) => ({
    method: "GET",
    path: `${PREFIX}/suggestions?${new URLSearchParams({ q: String(q), limit: "6" })}`,
  }),
  provision: ({ document_id, article_id }) => ({
    method: "GET",
    path: `${PREFIX}/documents/${segment(document_id)}/provisions/${segment(article_id)}`,
  }),
};

/**
 * 返回 {ok: true, data, requestId}，或 {ok: false, problem: {code, message, retry}, requestId}。
 * 出错也正常返回，不抛出：小程序看到的总是中文的说明。
 */
exports.main = async (event) => {
  const requestId = randomUUID();
  try {
    return { ok: true, data: await answer(event || {}, requestId), requestId };
  } catch (error) {
    const problem = problemOf(error);
    // 给开发者看：在云函数日志里按 requestId 可查到服务端的同一次请求
    console.error(requestId, problem.code, error.message);
    return { ok: false, problem, requestId };
  }
};

async function answer(event, requestId) {
  const action = Object.prototype.hasOwnProperty.call(ACTIONS, event.action) ? ACTIONS[event.action] : null;
  if (!action) throw Object.assign(new Error(`no such action: ${event.action}`), { code: "unknown_action" });
  try {
    return await call(action(event), requestId);
  } catch (error) {
    // 服务端已没有这段对话（例如清理过）：当作新的对话再问一次，用户不必知道
    if (error.code !== "unknown_conversation") throw error;
    return call(action({ ...event, conversation_id: null }), requestId);
  }
}

function segment(value) {
  const text = String(value);
  // 网址中 . 和 .. 有特别的意思，编号不会是这样
  if (/^\.{0,2}$/.test(text)) throw Object.assign(new Error(`not an id: ${text}`), { code: "unknown_article" });
  return encodeURIComponent(text);
}
