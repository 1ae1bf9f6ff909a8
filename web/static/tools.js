// Copying, printing, and saying what one thinks of an answer. Verdicts are forms that work without this script.
"use strict";
{
  const SHOWN = 2000; // milliseconds that «已复制» stands

  // The clipboard is there over https only; inside a building there is often none
  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const holder = document.createElement("textarea");
    holder.value = text;
    holder.className = "visually-hidden";
    document.body.append(holder);
    holder.select();
    const done = document.execCommand("copy");
    holder.remove();
    if (!done) throw new Error("no clipboard");
  }

  async function copyBy(button, text) {
    if (button.dataset.told) return;
    const { textContent: words, ariaLabel: name } = button;
    button.dataset.told = await copy(text).then(() => "已复制", () => "未能复制");
    button.textContent = button.ariaLabel = button.dataset.told;
    setTimeout(() => {
      button.textContent = words;
      button.ariaLabel = name;
      delete button.dataset.told;
    }, SHOWN);
  }

  async function judge(form, submitter) {
    const place = form.closest("[data-verdict]");
    const holder = document.createElement("template");
    try {
      const body = new URLSearchParams(new FormData(form, submitter));
      const response = await fetch(form.action, { method: "POST", headers: { "X-Fragment": "1" }, body });
      if (!response.ok) throw new Error((await response.json()).detail);
      holder.innerHTML = await response.text();
    } catch (error) {
      const lost = !error.message || error instanceof TypeError || error instanceof SyntaxError;
      return tell(place, lost ? "没有送到，请稍后再试。" : error.message);
    }
    const shown = holder.content.querySelector("[data-verdict]");
    place.replaceWith(shown);
    shown.scrollIntoView({ block: "nearest" });
    (shown.querySelector("[role=status]") ?? shown.querySelector("button")).focus({ preventScroll: true });
    return undefined;
  }

  function tell(place, message) {
    const words = place.querySelector("[data-told]") ?? document.createElement("p");
    words.className = "refusal";
    words.dataset.told = "";
    words.setAttribute("role", "alert");
    words.textContent = message;
    place.append(words);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy], [data-copy-link], [data-print]");
    if (!button) return;
    if ("print" in button.dataset) print();
    else copyBy(button, button.dataset.copy ?? new URL(button.dataset.copyLink, location.href).href);
  });
  // what is unfolded at the lower edge comes up from behind the question box
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.parentElement.matches(".folds")) event.target.scrollIntoView({ block: "nearest" });
  }, true);
  document.addEventListener("submit", (event) => {
    if (!event.target.closest("[data-verdict]")) return;
    event.preventDefault();
    judge(event.target, event.submitter);
  });
}
