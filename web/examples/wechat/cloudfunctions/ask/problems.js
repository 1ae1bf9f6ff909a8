// 出了什么事，用户看得懂的话，以及再试一次有没有用。
"use strict";

const LONGEST = 120; // 秒：更久的等待只说“稍后”

const BAD_KEY = ["服务的密钥无效或已到期，请联系管理员。", false];

const PROBLEMS = {
  // code: [说明, 再试一次是否可能成功]
  not_configured: ["服务还没有配置好，请联系管理员。", false],
  unknown_action: ["小程序版本过旧，请更新后重试。", false],
  unreachable: ["暂时连不上政策服务，请稍后重试。", true],
  timeout: ["政策服务没有及时答复，请重试。", true],
  unreadable: ["政策服务的答复无法读取，请稍后重试。", true],
  unknown_document: ["这份文件已不在文件库中，请重新提问。", false],
  unknown_article: ["这一条已不在文件库中，请重新提问。", false],
  not_found: ["要看的内容不存在，请重新提问。", false],
  payload_too_large: ["写的内容太长，请缩短后重试。", false],
  daily_quota_exceeded: ["今天的提问次数已用完，请明天再来。", false],
  too_many_attempts: BAD_KEY,
};

const BY_STATUS = {
  401: BAD_KEY,
  403: ["服务的密钥没有这项权限，请联系管理员。", false],
  422: ["这些内容无法提交，请改写后重试。", false],
};

// 服务端对问题本身的说明，就是写给提问的人看的
const TOLD_BY_THE_SERVER = ["empty_question", "question_too_long", "control_characters"];

/** {code, message, retry}：message 给用户看，retry 为真时显示“重试”。 */
exports.problemOf = function problemOf(error) {
  const code = error.code || "internal_error";
  const [message, retry] = words(error, code);
  return { code, message, retry };
};

function words(error, code) {
  if (TOLD_BY_THE_SERVER.includes(code) && error.detail) return [error.detail, false];
  if (Object.prototype.hasOwnProperty.call(PROBLEMS, code)) return PROBLEMS[code];
  if (error.status === 429) return [tooMany(error.retryAfter), true];
  return BY_STATUS[error.status] || ["政策服务暂时出错，请稍后重试。", true];
}

function tooMany(seconds) {
  if (seconds && seconds <= LONGEST) return `提问的人较多，请 ${Math.ceil(seconds)} 秒后重试。`;
  return "提问的人较多，请稍后重试。";
}
