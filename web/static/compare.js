// Both pages work without this script. It offers subjects, copies the table, prints, and counts what is chosen.
"use strict";
{
  const PAUSE = 200; // milliseconds without a keystroke before the server is asked
  const LEAST = 2; // characters

  function offerSubjects(box, list) {
    let timer = 0;
    let asked = new AbortController();
    async function offer() {
      const typed = box.value.trim();
      if (typed.length < LEAST || typed.length > 80) return;
      asked.abort();
      asked = new AbortController();
      try {
        const response = await fetch(`/api/v1/suggestions?${new URLSearchParams({ q: typed, limit: 8 })}`, { signal: asked.signal });
        const found = response.ok ? (await response.json()).suggestions : [];
        list.replaceChildren(...found.map(({ text }) => Object.assign(document.createElement("option"), { value: text })));
      } catch { /* overtaken by the next keystroke, or no network: then none are offered */ }
    }
    box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(offer, PAUSE);
    });
  }

  function countChosen(form) {
    const boxes = [...form.querySelectorAll("input[type=checkbox]")];
    const full = form.querySelector("[data-full]");
    const most = Number(full.textContent.match(/\d+/)[0]);
    function count() {
      const isFull = boxes.filter((box) => box.checked).length >= most;
      for (const box of boxes) box.disabled = isFull && !box.checked;
      full.hidden = !isFull;
    }
    form.addEventListener("change", count);
    count();
  }

  const cells = (table) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.dataset.copied));

  // quoted as spreadsheets read it, so that a line break inside a cell stays inside
  const quoted = (words) => (/[\t\n"]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words);
  const asText = (rows) => rows.map((row) => row.map(quoted).join("\t")).join("\n");

  function asPage(rows) {
    const table = document.createElement("table");
    for (const row of rows) {
      const line = table.insertRow();
      for (const words of row) line.insertCell().textContent = words;
    }
    return table.outerHTML;
  }

  async function copy(rows) {
    const text = asText(rows);
    if (typeof ClipboardItem === "function" && navigator.clipboard?.write) {
      const kinds = { "text/plain": text, "text/html": asPage(rows) };
      const parts = Object.entries(kinds).map(([kind, words]) => [kind, new Blob([words], { type: kind })]);
      return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(parts))]);
    }
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    return copyByHand(rows, text); // a server in the house, without https, has no clipboard object
  }

  function copyByHand(rows, text) {
    function put(event) {
      event.preventDefault();
      event.clipboardData.setData("text/plain", text);
      event.clipboardData.setData("text/html", asPage(rows));
    }
    document.addEventListener("copy", put, { once: true });
    if (!document.execCommand("copy")) throw new Error("not copied");
  }

  function equipCopying(button, table, said) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await Promise.resolve().then(() => copy(cells(table))).then(() => "已复制", () => "没有复制成");
      button.textContent = done;
      said.textContent = done;
      setTimeout(() => { button.textContent = "复制表格"; }, 2000);
    });
  }

  const chooser = document.querySelector("[data-chooser]");
  if (chooser) {
    offerSubjects(chooser.subject, chooser.querySelector("[data-subjects]"));
    countChosen(chooser);
  }
  const table = document.querySelector("[data-comparison]");
  if (table) equipCopying(document.querySelector("[data-copy-table]"), table, document.querySelector("[data-said]"));
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details.fold")) fold.open = true; // for those that cannot by style
  });
}
