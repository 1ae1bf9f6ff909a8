// The cloud function over HTTP: against the real server, and against servers that do what servers in trouble do.
import assert from "node:assert/strict";
import { createServer as createHttp } from "node:http";
import { createServer as createTcp } from "node:net";
import { afterEach, beforeEach, mock, test } from "node:test";
import { address, cloudFunction, key, narrow, ours, slow } from "./given.mjs";

const DOCTORS = "养老机构内设医务室至少配几名医生？";
const ask = (question, rest = {}) => ({ action: "ask", question, ...rest });

let logged;
const closing = [];
beforeEach(() => (logged = mock.method(console, "error", () => {})));
afterEach(() => {
  mock.restoreAll();
  for (const server of closing.splice(0)) server.close();
});

async function listening(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(server);
  return `http://127.0.0.1:${server.address().port}`;
}

const answering = (status, headers, body, seen = []) =>
  listening(
    createHttp((request, response) => {
      seen.push(request);
      response.writeHead(status, headers).end(body);
    }),
  );

const problem = (status, code, headers = {}) =>
  answering(status, { "content-type": "application/problem+json", ...headers }, JSON.stringify({ code, status }));

test("a question is answered with the card of the clause", async () => {
  const { ok, data, requestId } = await cloudFunction({})(ask(DOCTORS));
  assert.ok(ok);
  assert.equal(data.status, "answered");
  assert.match(data.citation, /长民〔2025〕2号/);
  assert.deepEqual(data.marks.map(([start, end]) => data.quote.slice(start, end)), ["1名主执业点医师"]);
  assert.match(requestId, /^[0-9a-f-]{36}$/);
  assert.equal(logged.mock.callCount(), 0);
});

test("a conversation goes on", async () => {
  const main = cloudFunction({});
  const { data: first } = await main(ask(DOCTORS));
  const { data: second } = await main(ask("那护士呢？", { conversation_id: first.conversation_id }));
  assert.equal(second.conversation_id, first.conversation_id);
  assert.match(second.finding, /注册护士/);
});

test("a conversation that the server has lost begins anew, and the question is answered", async () => {
  const { ok, data } = await cloudFunction({})(ask(DOCTORS, { conversation_id: "0".repeat(32) }));
  assert.ok(ok);
  assert.notEqual(data.conversation_id, "0".repeat(32));
});

test("suggestions while typing", async () => {
  const { ok, data } = await cloudFunction({})({ action: "suggestions", q: "消防演练" });
  assert.ok(ok);
  assert.ok(data.suggestions.length > 0 && data.suggestions.length <= 6);
  assert.match(data.suggestions[0].text, /消防/);
});

test("a provision", async () => {
  const given = { action: "provision", document_id: "changning-2025-2", article_id: "2.1.2" };
  const { ok, data } = await cloudFunction({})(given);
  assert.ok(ok);
  assert.equal(data.label, "二、（一）2.");
  assert.equal(data.document_number, "长民〔2025〕2号");
  assert.match(data.whole_text, /至少配置1名主执业点医师/);
});

for (const [name, given, code, message, retry] of [
  ["an empty question", ask(" "), "empty_question", "请写下要问的问题。", false],
  ["no question", { action: "ask" }, "invalid_request", "这些内容无法提交，请改写后重试。", false],
  ["a question too long", ask("问".repeat(501)), "question_too_long", /500/, false],
  ["a body too large", ask("问".repeat(30000)), "payload_too_large", /太长/, false],
  ["a conversation that is none", ask(DOCTORS, { conversation_id: "x" }), "invalid_request", /改写/, false],
  ["a document that is not there", { action: "provision", document_id: "x", article_id: "1" }, "unknown_document", /文件库/, false],
  ["an id that would be a path", { action: "provision", document_id: "x/../y", article_id: "1" }, "not_found", /不存在/, false],
  ["an article that is not there", { action: "provision", document_id: "changning-2025-2", article_id: "9.9" }, "unknown_article", /文件库/, false],
  ["a way up", { action: "provision", document_id: "..", article_id: "." }, "unknown_article", /文件库/, false],
  ["an action that is none", { action: "__proto__" }, "unknown_action", /更新/, false],
  ["nothing", undefined, "unknown_action", /更新/, false],
]) {
  test(`${name} is told in Chinese`, async () => {
    const found = await cloudFunction({})(given);
    assert.equal(found.ok, false);
    assert.equal(found.problem.code, code);
    assert.equal(found.problem.retry, retry);
    if (typeof message === "string") assert.equal(found.problem.message, message);
    else assert.match(found.problem.message, message);
  });
}

test("a wrong key, and a key without the permission", async () => {
  const wrong = await cloudFunction({ key: `yy_${"x".repeat(40)}` })(ask(DOCTORS));
  assert.deepEqual(wrong.problem, { code: "key_invalid", message: "服务的密钥无效或已到期，请联系管理员。", retry: false });
  const none = await cloudFunction({ key: "" })(ask(DOCTORS));
  assert.equal(none.problem.code, "key_required");
  const other = await cloudFunction({ key: narrow })({ action: "provision", document_id: "x", article_id: "1" });
  assert.deepEqual(other.problem, { code: "key_not_allowed", message: "服务的密钥没有这项权限，请联系管理员。", retry: false });
});

test("too many questions: how long to wait", async () => {
  const main = cloudFunction({ key: slow });
  assert.ok((await main(ask(DOCTORS))).ok);
  const { problem } = await main(ask(DOCTORS));
  assert.equal(problem.code, "too_many_requests");
  assert.match(problem.message, /^提问的人较多，请 \d{1,2} 秒后重试。$/);
  assert.equal(problem.retry, true);
});

test("the day's questions used up, and the server in maintenance", async () => {
  const used = await cloudFunction({ url: await problem(429, "daily_quota_exceeded", { "retry-after": "30000" }) })(ask("x"));
  assert.equal(used.problem.message, "今天的提问次数已用完，请明天再来。");
  const busy = await cloudFunction({ url: await problem(503, "not_ready") })(ask("x"));
  assert.deepEqual(busy.problem, { code: "not_ready", message: "政策服务暂时出错，请稍后重试。", retry: true });
});

test("a server that is down", async () => {
  const url = await listening(createTcp());
  closing.pop().close();
  const { problem } = await cloudFunction({ url })(ask(DOCTORS));
  assert.deepEqual(problem, { code: "unreachable", message: "暂时连不上政策服务，请稍后重试。", retry: true });
});

test("a server that hangs up in the middle of its answer", async () => {
  const url = await listening(
    createTcp((socket) => socket.on("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"sta"))),
  );
  assert.equal((await cloudFunction({ url })(ask(DOCTORS))).problem.code, "unreachable");
});

test("a server that says nothing, or says it drop by drop, is given four seconds", async () => {
  const silent = await listening(createTcp(() => {}));
  const dripping = await listening(
    createHttp((_, response) => {
      const timer = setInterval(() => response.write(" "), 200);
      response.on("close", () => clearInterval(timer));
    }),
  );
  const began = Date.now();
  const main = cloudFunction({ url: silent });
  const first = main(ask(DOCTORS));
  const second = cloudFunction({ url: dripping })(ask(DOCTORS));
  assert.equal((await first).problem.code, "timeout");
  assert.equal((await second).problem.message, "政策服务没有及时答复，请重试。");
  const took = Date.now() - began;
  assert.ok(took >= 3900 && took < 6000, `${took} ms`);
});

test("something else than the server answers", async () => {
  for (const [status, body] of [[200, "<html>登录网络</html>"], [200, "null"], [200, "x".repeat(1100000)]]) {
    const url = await answering(status, { "content-type": "text/html" }, body);
    assert.equal((await cloudFunction({ url })(ask(DOCTORS))).problem.code, "unreadable");
  }
  const gateway = await cloudFunction({ url: await answering(502, {}, "Bad Gateway") })(ask(DOCTORS));
  assert.deepEqual(gateway.problem, { code: "status_502", message: "政策服务暂时出错，请稍后重试。", retry: true });
});

test("an address that is not set is told to the developer", async () => {
  const { problem } = await cloudFunction({ url: "" })(ask(DOCTORS));
  assert.deepEqual(problem, { code: "not_configured", message: "服务还没有配置好，请联系管理员。", retry: false });
  assert.match(logged.mock.calls[0].arguments.join(" "), /YIYANG_URL/);
});

test("the key and the request id go to the server, and nowhere else", async () => {
  const seen = [];
  const url = await answering(500, {}, "{}", seen);
  const { requestId, ...rest } = await cloudFunction({ url: `${url}/` })(ask("x", { extra: 1, format: "json" }));
  assert.equal(seen[0].url, "/api/v1/ask");
  assert.equal(seen[0].headers.authorization, `Bearer ${key}`);
  assert.equal(seen[0].headers["x-request-id"], requestId);
  assert.ok(!JSON.stringify(rest).includes(key));
  assert.ok(!logged.mock.calls.some((call) => call.arguments.join(" ").includes(key)));
});

test("nothing of the mini-program holds an address or a key", () => {
  const { readdirSync, readFileSync } = ours("fs");
  const root = ours.resolve("./miniprogram/app.json").replace(/app\.json$/, "");
  const files = readdirSync(root, { recursive: true }).filter((name) => /\.(js|json|wxml|wxss)$/.test(name));
  assert.ok(files.length >= 12);
  for (const name of files) assert.doesNotMatch(readFileSync(root + name, "utf8"), /https?:|Bearer|yy_|rich-text|wx\.request/, name);
  assert.ok(address.startsWith("http"));
});
