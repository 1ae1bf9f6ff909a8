// The chat page works without this script. It saves the reload: asks in place, keeps what was typed, copies, thanks.
"use strict";

const WAIT = 20000; // milliseconds
const KEPT = "yiyang.conversation";
const log = document.querySelector("[data-log]");
const composer = document.querySelector("[data-composer]");
let pending = false;

function keep(conversation) {
  try {
    conversation ? sessionStorage.setItem(KEPT, conversation) : sessionStorage.removeItem(KEPT);
  } catch { /* storage may be off; the address keeps the conversation too */ }
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function showPending(question) {
  const turn = element("article", "turn pending", "");
  turn.append(element("h2", "question", question), element("div", "answer", "正在查文件…"));
  log.append(turn);
  turn.scrollIntoView({ block: "start" });
  return turn;
}

function refuse(message) {
  const place = composer.querySelector("[data-refusal]");
  place.textContent = message;
  place.hidden = !message;
  composer.question.setAttribute("aria-invalid", String(Boolean(message)));
}

async function fetchTurn(question, conversation) {
  let response;
  try {
    response = await fetch("/ask", {
      method: "POST",
      headers: { "X-Fragment": "1" },
      body: new URLSearchParams({ question, conversation }),
      signal: AbortSignal.timeout(WAIT),
    });
  } catch {
    throw new Error("网络不通，问题没有送到。您写的字还在，请稍后再按“提问”。");
  }
  if (response.ok) return response.text();
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail || "服务暂时出错，请稍后再试。");
}

function showTurn(html, place) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const turn = holder.content.querySelector("[data-turn]");
  place.replaceWith(turn);
  const { conversation } = turn.dataset;
  for (const field of document.querySelectorAll("input[name=conversation]")) field.value = conversation;
  keep(conversation);
  history.replaceState(null, "", `/?c=${conversation}`);
  for (const shown of document.querySelectorAll("[data-fresh]")) shown.hidden = false;
  document.querySelector("[data-welcome]")?.setAttribute("hidden", "");
  equip(turn);
  turn.scrollIntoView({ block: "start" });
  const finding = turn.querySelector("[data-finding]");
  document.querySelector("[data-status]").textContent = `${turn.querySelector(".badge").textContent}：${finding.textContent}`;
  return finding;
}

async function ask(question, typed) {
  if (pending) return;
  pending = true;
  refuse("");
  const button = composer.querySelector(".send");
  button.setAttribute("aria-disabled", "true");
  const place = showPending(question);
  if (typed) composer.question.value = "";
  try {
    const finding = showTurn(await fetchTurn(question, composer.conversation.value), place);
    if (typed && !matchMedia("(pointer: coarse)").matches) composer.question.focus({ preventScroll: true });
    else finding.focus({ preventScroll: true });
  } catch (error) {
    place.remove();
    if (!composer.question.value) composer.question.value = question;
    refuse(error.message);
    composer.question.focus();
  } finally {
    pending = false;
    button.removeAttribute("aria-disabled");
  }
}

function equip(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "已复制";
      setTimeout(() => { button.textContent = "复制回答"; }, 2000);
    });
  }
  for (const form of root.querySelectorAll("[data-feedback]")) form.addEventListener("submit", thank);
}

async function thank(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const sent = await fetch("/api/v1/feedback", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ answer_id: form.answer.value, verdict: event.submitter.value }),
  }).catch(() => ({ ok: false }));
  const words = element("p", "", sent.ok ? "已记下，谢谢。" : "没有送到，请稍后再试。");
  words.setAttribute("role", "status");
  for (const old of form.querySelectorAll("button, p")) old.hidden = sent.ok || old.tagName === "P";
  form.append(words);
}

function startChat() {
  keep(composer.conversation.value);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-ask]")) return;
    event.preventDefault();
    const typed = event.target === composer;
    const question = (typed ? composer.question.value : event.submitter.value).trim();
    if (question) ask(question, typed);
    else refuse("请写下要问的问题。");
  });
  composer.question.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  equip(document);
}

startChat();
