// The pages of the mini-program as they are drawn, over the real cloud function and the real server.
import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { address, key } from "./given.mjs";
import { connect, open, phone } from "./phone.mjs";

const DOCTORS = "养老机构内设医务室至少配几名医生？";
const INDEX = "pages/index/index";
const PROVISION = "pages/provision/provision";
const pages = [];

async function opened(path, query) {
  const page = await open(path, query);
  pages.push(page);
  return page;
}

async function asked(question) {
  const page = await opened(INDEX);
  await page.type(question);
  await page.tap("primary");
  return page;
}

mock.method(console, "error", () => {});
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
  phone.storage.clear();
  Object.assign(phone, { opened: [], clipboard: [], online: true, agrees: true, full: false });
  connect({ url: address, key });
});

test("a question typed: the finding, the quotation with its words marked, the citation", async () => {
  const page = await asked(DOCTORS);
  assert.deepEqual(page.texts("badge"), ["文件有规定"]);
  assert.match(page.texts("finding")[0], /至少配置1名主执业点医师/);
  assert.deepEqual(page.texts("mark"), ["1名主执业点医师"]);
  assert.match(page.texts("quote")[0], /^2\. 对养老机构内设医务室.*核准依据。$/);
  assert.match(page.texts("citation")[0], /^——《.*》（长民〔2025〕2号）二、（一）2\.$/);
  assert.deepEqual(page.texts("asked"), [DOCTORS]);
  assert.equal(page.instance.data.question, "");
});

test("copied with its citation", async () => {
  const page = await asked(DOCTORS);
  await page.tap("copy");
  const [words] = phone.clipboard;
  assert.ok(words.startsWith(page.texts("finding")[0]));
  assert.ok(words.includes(`「${page.texts("quote")[0]}」\n${page.texts("citation")[0]}`));
});

test("the original opens at the article, with the quotation and the words marked", async () => {
  const page = await asked(DOCTORS);
  await page.tap("open");
  const [path, query] = phone.opened[0].split("?");
  assert.equal(path, `/${PROVISION}`);
  const original = await opened(PROVISION, query);
  assert.match(original.texts("title")[0], /长宁区/);
  assert.deepEqual(original.texts("label"), ["二、（一）2."]);
  assert.deepEqual(original.texts("mark"), ["1名主执业点医师"]);
  const quoted = original.dom.querySelectorAll(".main--quoted, .main--mark");
  assert.equal([...quoted].map((each) => each.textContent).join(""), page.all("quote")[0].textContent);
  await original.tap("copy");
  assert.match(phone.clipboard[0], /^「2\. 对养老机构[^]*」\n——《.*》（长民〔2025〕2号）二、（一）2\.$/);
});

test("a follow-up keeps the conversation; a new one does not", async () => {
  const page = await asked(DOCTORS);
  await page.type("那护士呢？");
  await page.tap("primary");
  assert.equal(page.texts("finding").length, 2);
  assert.match(page.texts("finding")[0], /注册护士/);
  page.instance.startAfresh();
  await page.settled();
  assert.deepEqual(page.texts("finding"), []);
  assert.equal(page.instance.conversationId, null);
});

test("an option of a question asked back can be tapped", async () => {
  const page = await asked("怎么办");
  assert.deepEqual(page.texts("badge"), ["请再说具体一点"]);
  const [first] = page.texts("option");
  assert.ok(first);
  await page.tap("option");
  assert.equal(page.texts("asked")[0], first);
  assert.notEqual(page.texts("badge")[0], "请再说具体一点");
});

test("what is not in the documents is said, with what is near and opens", async () => {
  const page = await asked("朝阳区的签约率是多少？");
  assert.deepEqual(page.texts("badge"), ["没有找到"]);
  assert.deepEqual(page.texts("quote"), []);
  assert.ok(page.texts("near").length > 0);
  await page.tap("near");
  assert.match(phone.opened[0], /^\/pages\/provision\/provision\?document_id=/);
  const near = await opened(PROVISION, phone.opened[0].split("?")[1]);
  assert.ok(near.texts("quoted").join("").length > 0);
});

test("a comparison shows every quotation", async () => {
  const page = await asked("大兴和长宁对家庭医生签约有什么不同规定？");
  assert.ok(page.texts("quote").length >= 2, page.texts("finding").join());
  await page.tap("copy");
  assert.equal(phone.clipboard[0].split("\n——《").length - 1, page.texts("quote").length);
});

test("suggestions while typing, and one tapped is asked", async () => {
  const page = await opened(INDEX);
  await page.type("消防演练");
  await page.instance.suggest();
  const [first] = page.texts("suggestion");
  assert.match(first, /消防/);
  await page.tap("suggestion");
  assert.deepEqual(page.texts("asked"), [first]);
  assert.equal(page.instance.data.question, "消防演练"); // what was typed is not what was asked
});

test("suggestions of words that are no longer there are not shown", async () => {
  const page = await opened(INDEX);
  await page.type("消防演练");
  const late = page.instance.suggest();
  await page.type("");
  await late;
  assert.deepEqual(page.texts("suggestion"), []);
});

test("no network: said, nothing typed is lost, and trying again succeeds", async () => {
  const page = await opened(INDEX);
  phone.online = false;
  await page.type(DOCTORS);
  await page.tap("primary");
  assert.deepEqual(page.texts("message"), ["网络不通，请检查网络后重试。"]);
  assert.equal(page.instance.data.question, DOCTORS);
  phone.online = true;
  await page.tap("retry");
  assert.deepEqual(page.texts("message"), []);
  assert.deepEqual(page.texts("mark"), ["1名主执业点医师"]);
});

test("a key that is wrong: no retry is offered, and a number to report", async () => {
  connect({ key: "yy_wrong" });
  const page = await asked(DOCTORS);
  assert.deepEqual(page.texts("message"), ["服务的密钥无效或已到期，请联系管理员。"]);
  assert.deepEqual(page.texts("retry"), []);
  assert.match(page.texts("small").join(), /编号：[0-9a-f-]{36}/);
  assert.equal(page.instance.data.question, DOCTORS);
});

test("an empty question is told at once", async () => {
  const page = await asked("  ");
  assert.deepEqual(page.texts("message"), ["请写下要问的问题。"]);
});

test("while a question is out, a second tap sends nothing", async () => {
  const page = await opened(INDEX);
  await page.type(DOCTORS);
  const first = page.instance.submit();
  assert.deepEqual(page.texts("primary"), ["正在查找"]);
  await page.instance.submit();
  await page.type("等答复时写的");
  await first;
  assert.equal(page.texts("finding").length, 1);
  assert.equal(page.instance.data.question, "等答复时写的");
});

test("half a question is still there when the mini-program is opened again", async () => {
  const page = await opened(INDEX);
  await page.type("消防演");
  assert.equal((await opened(INDEX)).instance.data.question, "消防演");
});

test("questions asked are kept on the phone, one of each, and can be forgotten", async () => {
  const page = await asked(DOCTORS);
  await page.instance.ask("消防演练多久一次？");
  await page.instance.ask(DOCTORS);
  page.instance.toggleHistory();
  assert.deepEqual((await opened(INDEX)).instance.data.history, [DOCTORS, "消防演练多久一次？"]);
  page.instance.forget({ currentTarget: { dataset: { question: DOCTORS } } });
  assert.deepEqual((await opened(INDEX)).instance.data.history, ["消防演练多久一次？"]);
  phone.agrees = false;
  await page.instance.forgetAll();
  assert.equal((await opened(INDEX)).instance.data.history.length, 1);
  phone.agrees = true;
  await page.instance.forgetAll();
  assert.deepEqual((await opened(INDEX)).instance.data.history, []);
});

test("a phone whose storage is full still gets its answer", async () => {
  phone.full = true;
  const page = await asked(DOCTORS);
  assert.deepEqual(page.texts("mark"), ["1名主执业点医师"]);
});

test("large type is kept, on every page", async () => {
  const page = await opened(INDEX);
  assert.equal(page.instance.data.size, "17px");
  await page.tap("quiet");
  assert.equal(page.instance.data.size, "22px");
  assert.equal((await opened(INDEX)).instance.data.size, "22px");
  assert.equal((await opened(PROVISION, "document_id=changning-2025-2&article_id=2.1.2")).instance.data.size, "22px");
});

test("a page that was shared opens again", async () => {
  const page = await asked(DOCTORS);
  const { path, title } = page.instance.onShareAppMessage();
  assert.equal(title, DOCTORS);
  assert.equal((await opened(INDEX, path.split("?")[1])).instance.data.question, DOCTORS);
  const original = await opened(PROVISION, "document_id=changning-2025-2&article_id=2.1.2&start=984&end=1112");
  const again = await opened(PROVISION, original.instance.onShareAppMessage().path.split("?")[1]);
  assert.deepEqual(again.texts("label"), ["二、（一）2."]);
});

test("an original that is not there, and addresses that are broken, are told", async () => {
  for (const query of ["", "document_id=nowhere&article_id=1", "document_id=%E0%A4%A&article_id=1"]) {
    const page = await opened(PROVISION, query);
    assert.match(page.texts("message")[0], /已不在文件库中/);
    assert.deepEqual(page.texts("whole"), []);
  }
});
