"use strict";

// An article may be longer than the screen: bring the words cited into view, with the article where both fit.
const cited = document.querySelector(".provision mark");
if (cited) addEventListener("load", () => {
  const { bottom } = cited.getBoundingClientRect();
  if (bottom > innerHeight) cited.scrollIntoView({ block: "center", behavior: "instant" });
});
