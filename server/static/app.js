// Comfort only: every page works without this file.
"use strict";

const SHOWN_MS = 4000;

function offerToCopy(button) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = words; }, SHOWN_MS);
  });
}

function closeByEscapeOrElsewhere(menu) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

// Browsers give the clipboard to safe addresses only; elsewhere the field is there to copy by hand.
if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(offerToCopy);
document.querySelectorAll("details.menu").forEach(closeByEscapeOrElsewhere);
document.querySelector(".error-summary")?.focus();
document.querySelectorAll("[data-reload]").forEach((waiting) => setTimeout(() => location.reload(), Number(waiting.dataset.reload)));

// A form whose button fills a frame does so by itself while somebody types.
document.querySelectorAll("form[data-live]").forEach((form) => {
  const button = document.getElementById(form.dataset.live);
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(button), 700);
  });
});
