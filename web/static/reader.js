// A document page works without this script. With it the outline follows the reader, a search needs no reload,
// and an article can be copied with its source.
"use strict";

const main = document.querySelector(".text");
const outline = document.getElementById("outline");
const finder = document.querySelector(".find");
const field = finder.querySelector("[type=search]");
const wide = matchMedia("(min-width: 60rem)");

// ---- the words cited

// An article may be longer than the screen: bring the words cited into view, with the article where both fit.
const cited = document.querySelector(".provision mark:not(.hit)");
if (cited && !field.value) addEventListener("load", () => {
  const { top, bottom } = cited.getBoundingClientRect();
  if (bottom > innerHeight || top < 0) cited.scrollIntoView({ block: "center", behavior: "instant" });
});

// ---- the outline

const entries = new Map([...outline.querySelectorAll("a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
const inView = new Set();
let current = null;

/** The entry for a section: its own, or that of the last one before it that the outline lists. */
function entryOf(section) {
  for (let entry = section.closest(".entry") ?? section; entry; entry = entry.previousElementSibling) {
    const link = entries.get((entry.querySelector(".provision") ?? entry).id);
    if (link) return link;
  }
  return null;
}

function follow() {
  const bar = finder.classList.contains("active") ? finder : document.querySelector(".masthead");
  const edge = bar.getBoundingClientRect().bottom + 24; // the end of an article just gone by is not being read
  const shown = [...inView].map((section) => [section, section.getBoundingClientRect()]).sort(([, a], [, b]) => a.top - b.top);
  const first = (shown.find(([, { bottom }]) => bottom > edge) ?? shown[0])?.[0];
  const link = first && entryOf(first);
  if (!link || link === current) return;
  current?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  const opened = link.closest("details");
  for (const fold of outline.querySelectorAll("details[data-followed]"))
    if (!fold.contains(link)) { fold.open = false; delete fold.dataset.followed; }
  if (opened && !opened.open) { opened.open = true; opened.dataset.followed = ""; }
  current = link;
  showCurrent();
}

/** Keep the current entry in view, by moving the outline and not the page. */
function showCurrent() {
  const box = outline.parentElement.localName === "dialog" ? outline.parentElement : outline;
  if (!current || !box.clientHeight) return;
  const { top, bottom } = current.getBoundingClientRect(), frame = box.getBoundingClientRect();
  if (top < frame.top + 48 || bottom > frame.bottom - 24) box.scrollTop += top - frame.top - box.clientHeight / 3;
}

// a band below the bar: the first that reaches into it is what is being read
const watch = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) isIntersecting ? inView.add(target) : inView.delete(target);
  follow();
}, { rootMargin: "-64px 0px -70% 0px" });

function watchText() {
  inView.clear();
  watch.disconnect();
  for (const section of main.querySelectorAll(".provision, .relations")) watch.observe(section);
}

// On a narrow screen the outline is a sheet that the button opens.
const button = document.querySelector(".to-outline");
const home = outline.parentElement;
const sheet = document.createElement("dialog");
if (sheet.showModal) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "tool close";
  close.textContent = "关闭";
  close.addEventListener("click", () => sheet.close());
  sheet.className = "outline-sheet";
  sheet.setAttribute("aria-label", "目录");
  sheet.append(close);
  document.body.append(sheet);
  button.setAttribute("role", "button");
  button.setAttribute("aria-haspopup", "dialog");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    sheet.showModal();
    showCurrent();
  });
  button.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); button.click(); } });
  sheet.addEventListener("click", (event) => { if (event.target === sheet || event.target.closest("a")) sheet.close(); });
  const place = () => { wide.matches ? (sheet.close(), home.prepend(outline)) : sheet.append(outline); };
  wide.addEventListener("change", place);
  place();
}

// ---- searching within the document

let searching = null;

async function search(words) {
  searching?.abort();
  searching = new AbortController();
  const address = new URL(location.href);
  address.hash = "";
  address.searchParams.delete("hit");
  words ? address.searchParams.set("find", words) : address.searchParams.delete("find");
  try {
    const response = await fetch(address, { headers: { "x-fragment": "1" }, signal: searching.signal });
    if (!response.ok) return fail((await response.json()).detail);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const id of ["places-found", "provisions"]) document.getElementById(id).replaceWith(fresh.getElementById(id));
  } catch (error) {
    if (error.name !== "AbortError") fail("网络不通，没有查成，请重试。");
    return;
  }
  history.replaceState(null, "", address);
  finder.classList.remove("failed");
  finder.classList.toggle("active", Boolean(words));
  dress();
  document.querySelector(".hit.here")?.scrollIntoView({ block: "center", behavior: "instant" });
}

function fail(message) {
  const line = document.createElement("p");
  line.setAttribute("role", "status");
  line.textContent = message;
  finder.classList.add("failed");
  document.getElementById("places-found").replaceChildren(line);
}

/** Look at a place by its number; the page holds them all. */
function lookAt(number) {
  const parts = [...document.querySelectorAll(".hit")];
  const firsts = parts.filter((part) => part.id);
  if (!firsts.length) return;
  const at = (number - 1 + firsts.length) % firsts.length;
  const from = parts.indexOf(firsts[at]), to = at + 1 < firsts.length ? parts.indexOf(firsts[at + 1]) : parts.length;
  parts.forEach((part, index) => part.classList.toggle("here", index >= from && index < to));
  document.querySelector("#places-found [role=status]").textContent = `第 ${at + 1} 处，共 ${firsts.length} 处`;
  firsts[at].scrollIntoView({ block: "center", behavior: "instant" });
}

const looking = () => Number(document.querySelector(".hit.here")?.id.slice(4) ?? 0);

finder.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = new URL(location.href).searchParams.get("find") ?? "";
  if (field.value.trim() && field.value.trim() === asked && looking()) lookAt(looking() + 1);
  else search(field.value.trim());
});
finder.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  if ("clear" in link.dataset) return clear();
  lookAt(looking() + (link.rel === "next" ? 1 : -1));
});

function clear() {
  field.value = "";
  search("");
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || sheet.open) return;
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "Escape" && (field.value || looking())) clear();
  else if (event.key === "Enter" && event.shiftKey && typing === field && looking()) { event.preventDefault(); lookAt(looking() - 1); }
  else if (typing) return;
  else if (event.key === "/") { event.preventDefault(); field.focus(); field.select(); }
  else if (event.key === "n" && looking()) lookAt(looking() + 1);
  else if (event.key === "N" && looking()) lookAt(looking() - 1);
});

// ---- articles to take away

/** Put words on the clipboard, on a page without TLS as well. */
async function copy(words) {
  if (navigator.clipboard) return navigator.clipboard.writeText(words);
  const area = document.createElement("textarea");
  area.value = words;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy");
}

/** An article with all that is under it, a paragraph a line. */
function textOf(entry) {
  const parts = [entry], level = Number(entry.dataset.level);
  for (let next = entry.nextElementSibling; next && Number(next.dataset.level) > level; next = next.nextElementSibling) parts.push(next);
  const lines = parts.flatMap((part) => [...part.querySelectorAll(".provision > *")]);
  return lines.map((line) => line.textContent).join("\n");
}

function dress() {
  for (const tools of document.querySelectorAll(".tools-of")) {
    const [link] = tools.children, label = link.getAttribute("aria-label").replace(/的链接$/, "");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "复制条文";
    button.setAttribute("aria-label", `复制${label}的条文`);
    button.addEventListener("click", () => {
      const entry = tools.closest(".entry");
      told(button, copy(`${textOf(entry)}\n——${main.dataset.citation}${label}`));
    });
    link.addEventListener("click", () => told(link, copy(link.href)));
    tools.append(button);
  }
  watchText();
}

async function told(control, done) {
  const usual = control.dataset.usual ??= control.textContent;
  try {
    await done;
    control.textContent = "已复制";
  } catch {
    control.textContent = "未能复制";
  }
  spoken.textContent = control.textContent;
  setTimeout(() => { control.textContent = usual; spoken.textContent = ""; }, 1600);
}

const spoken = document.createElement("p");
spoken.className = "visually-hidden";
spoken.setAttribute("role", "status");
document.body.append(spoken);

// where nothing can hover, a touch on an article shows what can be done with it
main.addEventListener("click", (event) => {
  const entry = event.target.closest(".entry");
  if (!entry || event.target.closest("a, button") || String(getSelection())) return;
  const chosen = main.querySelector(".chosen");
  chosen?.classList.remove("chosen");
  if (chosen !== entry) entry.classList.add("chosen");
});

// ---- printing

const printing = document.querySelector("[data-print]");
printing.parentElement.hidden = false;
printing.addEventListener("click", () => window.print());
addEventListener("beforeprint", () => {
  const now = new Date();
  document.querySelector(".print-only time").textContent = `${now.getFullYear()}年${now.getMonth() + 1}月${now.getDate()}日`;
});

dress();
