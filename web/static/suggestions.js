// Ways to ask, offered while one types: a list over the question box. Without this script there are none.
// A box of several lines may not be a combobox (ARIA in HTML), so it stays a textbox, and the status tells of the list.
"use strict";
{
  const PAUSE = 150; // milliseconds without a keystroke before the server is asked
  const LEAST = 2; // characters
  const MOST = matchMedia("(max-width: 30rem)").matches ? 5 : 8;
  const panel = document.querySelector("[data-suggestions]");
  const list = panel.querySelector("[role=listbox]");
  const box = document.querySelector("[data-composer]").question;
  const status = document.querySelector("[data-status]");
  let timer = 0;
  let asked = new AbortController();
  let active = -1;

  function close() {
    clearTimeout(timer);
    asked.abort();
    panel.hidden = true;
    list.replaceChildren();
    activate(-1);
  }

  function show(suggestions) {
    if (!suggestions.length) return close();
    list.replaceChildren(...suggestions.map(option));
    activate(-1);
    panel.hidden = false;
    status.textContent = `有 ${suggestions.length} 条提示，可用上下方向键选择`;
  }

  function option({ text, kind }, number) {
    const made = document.createElement("li");
    made.id = `suggestion-${number}`;
    made.dataset.text = text;
    made.textContent = text;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    if (kind !== "heading") return made;
    const note = document.createElement("span");
    note.textContent = "文件小标题";
    made.append(note);
    return made;
  }

  // -1 is the question as typed: the list has its options and that one
  function activate(number) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = number;
    const chosen = list.children[active];
    if (!chosen) return box.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", chosen.id);
  }

  function move(step) {
    const places = list.children.length + 1;
    activate(((active + 1 + step + places) % places) - 1);
  }

  function choose(text) {
    close();
    box.value = text;
    box.form.requestSubmit();
  }

  async function suggest() {
    const typed = box.value;
    if (typed.trim().length < LEAST) return close();
    asked.abort();
    asked = new AbortController();
    const query = new URLSearchParams({ q: typed, limit: MOST });
    try {
      const response = await fetch(`/api/v1/suggestions?${query}`, { signal: asked.signal });
      const found = response.ok ? (await response.json()).suggestions : [];
      if (box.value === typed && document.activeElement === box) show(found);
    } catch { /* overtaken by the next keystroke, or no network: then none are offered */ }
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(suggest, PAUSE);
  }

  function onKey(event) {
    if (event.isComposing || event.keyCode === 229 || panel.hidden) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey && active >= 0) choose(list.children[active].dataset.text);
    else return;
    event.preventDefault();
    event.stopPropagation(); // before the box itself hears of it, where Enter sends what is typed
  }

  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-haspopup", "listbox");
  box.setAttribute("aria-controls", list.id);
  close();
  box.addEventListener("input", (event) => { if (!event.isComposing) later(); });
  box.addEventListener("compositionend", later);
  box.addEventListener("blur", close);
  box.form.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("submit", close);
  panel.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) choose(chosen.dataset.text);
  });
}
