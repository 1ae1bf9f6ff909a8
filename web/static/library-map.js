// The map is a picture with links, and works without this script. With it a document shows what it is tied to,
// and the picture can be made larger and smaller. It is moved by scrolling, as any page is.
"use strict";

const frame = document.querySelector(".frame");
const map = frame?.querySelector(".map");

// ---- what a document is tied to

function look(node) {
  const id = node?.dataset.node;
  const near = new Set([id]);
  for (const edge of map.querySelectorAll(".edges > g")) {
    const { citing, cited } = edge.dataset;
    const touches = citing === id || cited === id;
    edge.classList.toggle("near", touches);
    if (touches) near.add(citing).add(cited);
  }
  for (const each of map.querySelectorAll(".node")) each.classList.toggle("near", near.has(each.dataset.node));
  map.classList.toggle("looking", Boolean(id));
}

// ---- larger and smaller

const SMALLEST = .25, LARGEST = 3, STEP = 1.25;

function zoomable() {
  const [, , width, height] = map.getAttribute("viewBox").split(" ").map(Number);
  const whole = () => Math.min(1, (frame.clientWidth - 2) / (width * unit()), (frame.clientHeight - 2) / (height * unit()));
  const unit = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  let scale = 1;

  /** Zoom, with the point at x, y of the frame (pixels) kept where it is. */
  function zoom(to, x = frame.clientWidth / 2, y = frame.clientHeight / 2) {
    const next = Math.min(LARGEST, Math.max(SMALLEST, to)), by = next / scale;
    const left = (frame.scrollLeft + x) * by - x, top = (frame.scrollTop + y) * by - y;
    scale = next;
    map.setAttribute("width", `${width * scale / 16}rem`);
    map.setAttribute("height", `${height * scale / 16}rem`);
    frame.scrollTo({ left, top, behavior: "instant" });
  }

  const by = { in: () => zoom(scale * STEP), out: () => zoom(scale / STEP), fit: () => zoom(whole()) };
  document.querySelector(".zoom").addEventListener("click", (event) => by[event.target.dataset.zoom]?.());
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const done = { "+": by.in, "=": by.in, "-": by.out, "0": by.fit }[event.key];
    if (done) { event.preventDefault(); done(); }
  });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return; // the wheel alone scrolls
    event.preventDefault();
    const { left, top } = frame.getBoundingClientRect();
    zoom(scale * Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
  }, { passive: false });
  pinch((factor, x, y) => zoom(scale * factor, x, y));
  drag();
}

/** Two fingers. */
function pinch(zoomBy) {
  let before = 0;
  const spread = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  frame.addEventListener("touchstart", (event) => { before = event.touches.length === 2 ? spread(event.touches) : 0; }, { passive: true });
  frame.addEventListener("touchmove", (event) => {
    if (event.touches.length !== 2 || !before) return;
    event.preventDefault();
    const [a, b] = event.touches, { left, top } = frame.getBoundingClientRect(), now = spread(event.touches);
    zoomBy(now / before, (a.clientX + b.clientX) / 2 - left, (a.clientY + b.clientY) / 2 - top);
    before = now;
  }, { passive: false });
}

/** The mouse takes hold of the picture; a link that was only dragged over is not followed. */
function drag() {
  let held = null, moved = false;
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button) return;
    held = { x: event.clientX, y: event.clientY, left: frame.scrollLeft, top: frame.scrollTop };
    moved = false;
  });
  addEventListener("pointermove", (event) => {
    if (!held) return;
    moved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > 5;
    if (!moved) return;
    frame.classList.add("grabbed");
    frame.scrollTo({ left: held.left - event.clientX + held.x, top: held.top - event.clientY + held.y, behavior: "instant" });
  });
  addEventListener("pointerup", () => { held = null; frame.classList.remove("grabbed"); });
  frame.addEventListener("dragstart", (event) => event.preventDefault());
  frame.addEventListener("click", (event) => { if (moved) event.preventDefault(); moved = false; }, true);
}

if (map) {
  for (const [begin, end] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
    map.addEventListener(begin, (event) => { const node = event.target.closest(".node"); if (node) look(node); });
    map.addEventListener(end, () => look(null));
  }
  document.querySelector(".zoom").hidden = false;
  zoomable();
  // begin at the document that the map is around
  const centre = map.querySelector(".centre rect")?.getBoundingClientRect(), { left, width } = frame.getBoundingClientRect();
  if (centre) frame.scrollLeft += centre.left + centre.width / 2 - left - width / 2;
}
