// 一次 HTTP 请求。只用 Node 自带的模块，云函数的各个 Node 版本都能运行。
"use strict";

const http = require("http");
const https = require("https");

const TIMEOUT = 4000; // 毫秒，从发出到收完
const LARGEST = 1024 * 1024; // 字节，一个条目远小于此

/**
 * 发出请求，返回 JSON。失败时抛出 Error，其 code 为服务端的 code，或者：
 * not_configured、unreachable、timeout、unreadable；detail、retryAfter 来自服务端。
 */
exports.call = async function call({ method, path, body }, requestId) {
  const response = await send(method, address(path), body === undefined ? null : JSON.stringify(body), requestId);
  const found = parse(response);
  if (response.status >= 200 && response.status < 300) return found;
  throw failure(found.code || `status_${response.status}`, `HTTP ${response.status}`, {
    status: response.status,
    detail: found.detail,
    retryAfter: Number(response.headers["retry-after"]) || null,
  });
};

function address(path) {
  const base = (process.env.YIYANG_URL || "").replace(/\/+$/, "");
  try {
    return new URL(base + path);
  } catch {
    throw failure("not_configured", "YIYANG_URL is not set, or is not a URL");
  }
}

function headersOf(text, requestId) {
  const headers = { accept: "application/json", "x-request-id": requestId };
  if (process.env.YIYANG_KEY) headers.authorization = `Bearer ${process.env.YIYANG_KEY.trim()}`;
  if (text !== null) headers["content-type"] = "application/json";
  if (text !== null) headers["content-length"] = Buffer.byteLength(text);
  return headers;
}

function send(method, url, text, requestId) {
  const { request } = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    // 限时从头算到收完，不是两次数据之间；之后再来的成败都不算数
    const timer = setTimeout(() => fail("timeout", `no answer in ${TIMEOUT} ms`), TIMEOUT);
    const fail = (code, message) => {
      clearTimeout(timer);
      reject(failure(code, message));
      outgoing.destroy();
    };
    const outgoing = request(url, { method, headers: headersOf(text, requestId) }, (incoming) => {
      const parts = [];
      let size = 0;
      incoming.on("data", (part) => {
        size += part.length;
        if (size > LARGEST) fail("unreadable", "the answer is too large");
        else parts.push(part);
      });
      incoming.on("end", () => {
        clearTimeout(timer);
        resolve({ status: incoming.statusCode, headers: incoming.headers, text: Buffer.concat(parts).toString() });
      });
      incoming.on("error", (error) => fail("unreachable", error.message));
    });
    outgoing.on("error", (error) => fail("unreachable", error.message));
    outgoing.end(text === null ? undefined : text);
  });
}

function parse(response) {
  try {
    const found = JSON.parse(response.text);
    if (found && typeof found === "object") return found;
  } catch {
    // 不是 JSON：多半是中间的网关答的
  }
  if (response.status >= 400) return {};
  throw failure("unreadable", "the answer is not JSON");
}

function failure(code, message, rest = {}) {
  return Object.assign(new Error(message), { code, ...rest });
}
