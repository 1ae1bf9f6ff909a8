// The chips above the question box follow what is chosen. Without this script they follow with the next question.
"use strict";
{
  const row = document.querySelector("[data-filters]");
  const composer = document.querySelector("[data-composer]");
  const panel = row.querySelector("details");
  const today = composer.today.value;

  const empty = (name) => (name === "as_of" ? today : "");
  const chosen = (name) => composer[name].value && composer[name].value !== empty(name);

  function words(name) {
    const field = composer[name];
    if (name !== "as_of") return field.selectedOptions[0].dataset.words;
    const [year, month, day] = field.value.split("-").map(Number);
    return `按${year}年${month}月${day}日`;
  }

  function show() {
    const chips = [...row.querySelectorAll("[data-chip]")];
    for (const chip of chips) {
      const { chip: name } = chip.dataset;
      chip.hidden = !chosen(name);
      if (!chip.hidden) chip.querySelector("[data-words]").textContent = words(name);
    }
    row.querySelector("[data-all]").hidden = chips.some((chip) => !chip.hidden);
    const address = new URL(location.href);
    for (const name of ["region", "document", "as_of"]) address.searchParams.set(name, chosen(name) ? composer[name].value : "");
    history.replaceState(null, "", address);
  }

  function clear(names) {
    for (const name of names) composer[name].value = empty(name);
    show();
  }

  row.addEventListener("change", (event) => {
    // a document says more than a region does: of the two the one chosen last counts
    if (event.target.value && event.target.name === "document") composer.region.value = "";
    if (event.target.value && event.target.name === "region") composer.document.value = "";
    show();
  });
  row.addEventListener("click", (event) => {
    if (event.target.matches("[data-done]")) {
      panel.open = false;
      panel.querySelector("summary").focus();
      return;
    }
    const chip = event.target.closest("[data-chip]");
    if (!chip) return;
    event.preventDefault();
    clear([chip.dataset.chip]);
    composer.question.focus();
  });
  document.addEventListener("yiyang:unfiltered", () => clear(["region", "document", "as_of"]));
  document.addEventListener("yiyang:answered", () => { panel.open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !panel.open) return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (panel.open && !panel.contains(event.target)) panel.open = false;
  });
}
