// Keys: / writes, ↑ and ↓ call up what was asked, Alt+C copies the latest answer, Alt+N begins anew, ? shows them all.
// Nothing here is needed to use the page.
"use strict";
{
  const box = document.querySelector("[data-composer]").question;
  const help = document.querySelector("[data-keys]");
  let place = -1; // of the question called up, the latest is 0

  const asked = () => [...document.querySelectorAll("[data-question]")].map((each) => each.textContent).reverse();
  const isWriting = (target) => target.closest?.("input, textarea, select, [contenteditable]") != null;

  function recall(step) {
    const questions = asked();
    const fresh = place < 0 ? box.value === "" : box.value === questions[place];
    if (!fresh) return false;
    const next = Math.min(place + step, questions.length - 1);
    if (next === place || next < -1) return false;
    place = next;
    box.value = place < 0 ? "" : questions[place];
    return true;
  }

  function onBox(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step && recall(step)) event.preventDefault();
    else if (event.key.length === 1) place = -1;
  }

  function onPage(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || help.open || isWriting(event.target)) return;
    if (event.key === "/") box.focus();
    else if (event.key === "?" || event.key === "？") help.showModal();
    else return;
    event.preventDefault();
  }

  function copyLatest() {
    const buttons = document.querySelectorAll("[data-turn] [data-copy]");
    buttons[buttons.length - 1]?.click();
  }

  // from wherever one is: by its place on the keyboard, as Alt with a letter types a sign on some of them
  function onAny(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing || help.open) return;
    if (event.code === "KeyC") copyLatest();
    else if (event.code === "KeyN") document.querySelector("[data-fresh]").click();
    else return;
    event.preventDefault();
  }

  box.addEventListener("keydown", onBox);
  document.addEventListener("keydown", onPage);
  document.addEventListener("keydown", onAny);
  document.addEventListener("yiyang:answered", () => { place = -1; });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-help]")) help.showModal();
  });
}
