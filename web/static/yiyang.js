// Every page works without this script. It leads back to the conversation that was left.
"use strict";

function kept() {
  try {
    return sessionStorage.getItem("yiyang.conversation");
  } catch {
    return null; // storage may be off; the address keeps the conversation too
  }
}

if (kept() && !document.querySelector("[data-composer]"))
  for (const link of document.querySelectorAll("[data-home]")) link.href = `/?c=${kept()}`;
