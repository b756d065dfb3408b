// The desk at the door, made quicker: without this file every scan is a page of its own.
// Scans that cannot be sent wait in this browser and are sent later; the server counts each once.
"use strict";

const RETRY_MS = 5000;
const PATIENCE_MS = 15000;
const LOOK_MS = 250;
const SAME_MS = 4000;
const form = document.getElementById("scan");
const KEPT = "door:" + form.dataset.event;
const code = document.getElementById("code");
const outcome = document.getElementById("outcome");
const queue = document.getElementById("queue");

function waiting() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}

function keep(scans) {
  localStorage.setItem(KEPT, JSON.stringify(scans));
  queue.hidden = scans.length === 0;
  queue.textContent = form.dataset.waiting.replace("{count}", scans.length);
}

function say(words, isGood) {
  const box = document.createElement("div");
  box.className = "callout " + (isGood ? "good" : "bad");
  const line = document.createElement("p");
  line.textContent = words;
  box.append(line);
  outcome.replaceChildren(box);
}

// What came of a scan; null when this browser may not send it: signed out, or an ended link.
async function send(scan) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(scan),
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
  const isTold = answer.ok && answer.headers.get("Content-Type")?.includes("json");
  return isTold ? answer.json() : null;
}

let isSending = false;
let retry = 0;

// Each scan that waits once, the oldest first; one that is not taken stays until the next time.
async function sendAll() {
  if (isSending) return;
  isSending = true;
  try {
    const tried = new Set();
    const next = () => waiting().find((scan) => !tried.has(scan.nonce));
    for (let scan = next(); scan; scan = next()) {
      tried.add(scan.nonce);
      const told = await send(scan);
      if (told) {
        keep(waiting().filter((one) => one.nonce !== scan.nonce));
        say(told.words, told.is_ok);
      } else {
        say(form.dataset.refused, false);
      }
    }
  } catch {
    clearTimeout(retry);
    retry = setTimeout(sendAll, RETRY_MS);
  } finally {
    isSending = false;
  }
}

function take(typed) {
  const scan = Object.fromEntries(new FormData(form));
  keep([...waiting(), {
    ...scan, code: typed, nonce: crypto.randomUUID(), at: new Date().toISOString(),
  }]);
  code.value = "";
  code.focus();
  sendAll();
}

form.addEventListener("submit", (event) => {
  const typed = code.value.trim();
  // a name, which holds no digit, is looked for on a page of its own
  if (!/\d/.test(typed) || !crypto.randomUUID) return;
  event.preventDefault();
  take(typed);
});

async function look(button, finder) {
  const video = { facingMode: "environment" };
  try {
    finder.srcObject = await navigator.mediaDevices.getUserMedia({ video });
  } catch {
    say(form.dataset.dark, false);
    return;
  }
  button.hidden = true;
  finder.hidden = false;
  await finder.play();
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  let last = "";
  let lastAt = 0;
  setInterval(async () => {
    const [found] = await detector.detect(finder).catch(() => []);
    if (!found?.rawValue) return;
    // a hand that trembles shows one ticket many times
    if (found.rawValue !== last || Date.now() - lastAt > SAME_MS) take(found.rawValue);
    [last, lastAt] = [found.rawValue, Date.now()];
  }, LOOK_MS);
}

if ("BarcodeDetector" in window && navigator.mediaDevices) {
  const button = document.getElementById("camera");
  button.hidden = false;
  button.addEventListener("click", () => look(button, document.getElementById("finder")));
}

addEventListener("online", sendAll);
keep(waiting());
sendAll();
