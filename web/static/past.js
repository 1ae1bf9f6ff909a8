// The list of what was asked: searched while typing, up to date after each question, and a while to undo a deletion.
// Without this script it is the page /history, which asks before it deletes.
"use strict";
{
  const UNDO = 10000; // milliseconds in which a deletion can be taken back
  const PAUSE = 200; // milliseconds without a keystroke before the server is asked
  const search = document.querySelector("[data-past-search]");
  const doomed = new Map(); // conversation: what deletes it once the time is up
  let timer = 0;
  let latest = 0;

  async function refresh() {
    const number = ++latest;
    try {
      const query = new URLSearchParams(search.value ? { q: search.value } : {});
      const response = await fetch(`/history?${query}`, { headers: { "X-Fragment": "1" } });
      if (!response.ok || number !== latest) return;
      const holder = document.createElement("template");
      holder.innerHTML = await response.text();
      const list = holder.content.querySelector("[data-past]");
      for (const item of list.querySelectorAll("li")) if (doomed.has(item.dataset.conversation)) item.remove();
      document.querySelector("[data-past]").replaceWith(list);
    } catch { /* no network: the list stays as it was */ }
  }

  function remove(conversation) {
    doomed.delete(conversation);
    const body = new URLSearchParams({ conversation });
    return fetch("/history/delete", { method: "POST", headers: { "X-Fragment": "1" }, body, keepalive: true });
  }

  function offerUndo(item) {
    const { conversation } = item.dataset;
    const offer = document.createElement("li");
    const words = document.createElement("span");
    const undo = document.createElement("button");
    offer.className = "undo";
    words.textContent = "已删除。";
    words.setAttribute("role", "status");
    undo.type = "button";
    undo.className = "tool";
    undo.textContent = "撤销";
    offer.append(words, undo);
    item.replaceWith(offer);
    undo.focus();
    const late = setTimeout(() => {
      remove(conversation).then((sent) => {
        if (!sent.ok && sent.status !== 404) throw new Error("not deleted");
        offer.remove();
      }).catch(() => { words.textContent = "没有删成，请稍后再试。"; undo.replaceWith(); offer.after(item); });
    }, UNDO);
    doomed.set(conversation, late);
    undo.addEventListener("click", () => {
      clearTimeout(late);
      doomed.delete(conversation);
      offer.replaceWith(item);
      item.querySelector("[data-delete]").focus();
    });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-delete]");
    if (!link) return;
    event.preventDefault();
    offerUndo(link.closest("li"));
  });
  // whoever leaves the page meant what they did
  addEventListener("pagehide", () => {
    for (const [conversation, late] of [...doomed]) {
      clearTimeout(late);
      remove(conversation);
    }
  });
  // the server bids the browser forget, but over plain http no browser heeds that
  document.querySelector("[data-leave]")?.addEventListener("submit", () => {
    try {
      sessionStorage.clear();
    } catch { /* storage is off: nothing was kept */ }
  });
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  });
  document.addEventListener("yiyang:answered", () => {
    if (matchMedia("(min-width: 68.75rem)").matches) refresh();
  });
}
