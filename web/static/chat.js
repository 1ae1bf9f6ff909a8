// The chat page works without this script. It saves the reload: asks in place, and keeps what was typed.
"use strict";
{
  const WAIT = 20000; // milliseconds for an answer
  const AGAIN = 1500; // milliseconds after which a server that does not answer is tried once more
  const KEPT = "yiyang.conversation";
  const DRAFT = "yiyang.draft";
  const FAR_TOO_LONG = 10; // times what a question may have: such a one is refused here, a server may not read it at all
  const LOST = "网络断了，没有收到回答。您写的字还在，请检查网络后重试。";
  const log = document.querySelector("[data-log]");
  const composer = document.querySelector("[data-composer]");
  const box = composer.question;
  const refused = composer.querySelector("[data-refused]");
  let pending = false;
  let last = box.value; // what «重试» asks again

  class Refusal extends Error {
    constructor(message, mayRetry) {
      super(message);
      this.mayRetry = mayRetry;
    }
  }

  // Storage may be off; the address keeps the conversation, and the page what is typed
  function store(key, value) {
    try {
      value ? sessionStorage.setItem(key, value) : sessionStorage.removeItem(key);
    } catch { /* see above */ }
  }

  function stored(key) {
    try {
      return sessionStorage.getItem(key) || "";
    } catch {
      return "";
    }
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

  function refuse(message, mayRetry) {
    refused.querySelector("[data-refusal]").textContent = message;
    refused.querySelector("[data-retry]").hidden = !mayRetry;
    refused.hidden = !message;
    box.setAttribute("aria-invalid", String(Boolean(message)));
  }

  function inWords(seconds) {
    if (!(seconds > 0)) return "稍后";
    if (seconds <= 90) return ` ${Math.ceil(seconds)} 秒后`;
    return seconds <= 5400 ? ` ${Math.ceil(seconds / 60)} 分钟后` : ` ${Math.ceil(seconds / 3600)} 小时后`;
  }

  async function refusalOf(response) {
    const problem = await response.json().catch(() => ({}));
    const after = Number(response.headers.get("Retry-After"));
    if (response.status === 429) return new Refusal(`提问太频繁，请${inWords(after)}再问。您写的字还在。`, true);
    if (response.status >= 500) return new Refusal(problem.detail || "服务暂时出错，请稍后再试。", true);
    return new Refusal(problem.detail || "问题没有送到，请稍后再试。", false);
  }

  const pause = (time) => new Promise((done) => { setTimeout(done, time); });

  function send(body) {
    return fetch("/ask", { method: "POST", headers: { "X-Fragment": "1" }, body, signal: AbortSignal.timeout(WAIT) });
  }

  async function fetchTurn(body) {
    let response;
    try {
      // a server that is being started again refuses for a moment
      response = await send(body).catch((error) => {
        if (error.name === "TimeoutError" || !navigator.onLine) throw error;
        return pause(AGAIN).then(() => send(body));
      });
      if (response.ok) return await response.text(); // the network may be lost in the middle of it
    } catch (error) {
      const slow = error.name === "TimeoutError";
      throw new Refusal(slow ? "等了很久没有收到回答。您写的字还在，请稍后重试。" : LOST, true);
    }
    throw await refusalOf(response);
  }

  function showTurn(html, place) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const turn = holder.content.querySelector("[data-turn]");
    if (!turn) throw new Refusal("收到的回答不完整，请重试。", true);
    const { conversation, address, after, answer } = turn.dataset;
    const shown = [...log.querySelectorAll("[data-turn]")];
    const before = shown[shown.length - 1];
    store(KEPT, conversation);
    store(DRAFT, "");
    // another window has asked in this conversation: show what it has, in order
    if (after && before && before.dataset.conversation === conversation && before.dataset.answer !== after) {
      location.assign(`${address}&note=joined#t-${answer}`);
      return null;
    }
    place.replaceWith(turn);
    for (const field of document.querySelectorAll("input[name=conversation]")) {
      if (!field.closest(".verdict")) field.value = conversation;
    }
    history.replaceState(null, "", address);
    for (const link of document.querySelectorAll("[data-fresh]")) link.hidden = false;
    document.querySelector("[data-welcome]")?.setAttribute("hidden", "");
    turn.scrollIntoView({ block: "start" });
    const finding = turn.querySelector("[data-finding]");
    document.querySelector("[data-status]").textContent = `${turn.querySelector(".badge").textContent}：${finding.textContent}`;
    document.dispatchEvent(new CustomEvent("yiyang:answered", { detail: { conversation } }));
    return finding;
  }

  function bodyOf(question, form) {
    const body = new URLSearchParams(new FormData(composer));
    body.set("question", question);
    if (form.matches("[data-wider]")) for (const name of ["region", "document", "as_of"]) body.delete(name);
    return body;
  }

  async function ask(question, form) {
    if (pending) return;
    const most = Number(box.dataset.most);
    if (question.length > FAR_TOO_LONG * most) {
      refuse(`问题有 ${question.length} 字，请控制在 ${most} 字以内。`, false);
      return;
    }
    pending = true;
    last = question;
    refuse("", false);
    const typed = form === composer;
    const button = composer.querySelector(".send");
    button.setAttribute("aria-disabled", "true");
    const body = bodyOf(question, form);
    const place = showPending(question);
    if (typed) box.value = "";
    try {
      const finding = showTurn(await fetchTurn(body), place);
      if (form.matches("[data-wider]")) document.dispatchEvent(new Event("yiyang:unfiltered"));
      if (typed && !matchMedia("(pointer: coarse)").matches) box.focus({ preventScroll: true });
      else finding?.focus({ preventScroll: true });
    } catch (error) {
      place.remove();
      if (!box.value) box.value = question;
      store(DRAFT, box.value);
      refuse(error instanceof Refusal ? error.message : "页面出错，请刷新后再问。您写的字还在。", error.mayRetry !== false);
      box.focus();
    } finally {
      pending = false;
      button.removeAttribute("aria-disabled");
    }
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-ask]")) return;
    event.preventDefault();
    const question = (event.target === composer ? box.value : event.submitter.value).trim();
    if (question) ask(question, event.target);
    else refuse("请写下要问的问题。", false);
  });
  refused.querySelector("[data-retry]").addEventListener("click", () => ask((box.value || last).trim(), composer));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  box.addEventListener("input", () => store(DRAFT, box.value));
  store(KEPT, composer.conversation.value);
  if (!box.value) box.value = stored(DRAFT);
}
