// Comfort only: without this file a question that depends on another says so in a sentence.
"use strict";

function chosen(name, value) {
  return [...document.getElementsByName(name)].some((input) => input.checked && input.value === value);
}

function showOnlyWhatApplies() {
  document.querySelectorAll("[data-only-if]").forEach((part) => {
    part.hidden = !chosen(part.dataset.onlyIf, part.dataset.onlyIfValue);
  });
}

document.addEventListener("change", showOnlyWhatApplies);
showOnlyWhatApplies();
