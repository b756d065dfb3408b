// The desk at the door, made quicker: without this file every scan is a page of its own.
// Scans that cannot be sent wait in this browser and are sent later; the server counts each once.
"use strict";

const RETRY_MS = 5000;
const LOOK_MS = 250;
const KEPT = "door:" + location.pathname;
const form = document.getElementById("scan");
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

async function send(scan) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(scan),
  });
  if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
  return answer.headers.get("Content-Type")?.includes("json") ? answer.json() : null;
}

let isSending = false;

async function sendAll() {
  if (isSending) return;
  isSending = true;
  try {
    for (let scans = waiting(); scans.length > 0; scans = waiting()) {
      const told = await send(scans[0]);
      keep(waiting().slice(1));
      if (told) say(told.words, told.is_ok);
    }
  } catch {
    setTimeout(sendAll, RETRY_MS);
  } finally {
    isSending = false;
  }
}

function isCode(typed) {
  return /\d/.test(typed) || /^\S{8}$/.test(typed);
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
  if (!isCode(typed) || !crypto.randomUUID) return;  // a name is looked for on a page of its own
  event.preventDefault();
  take(typed);
});

async function look(button, finder) {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  finder.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  finder.hidden = false;
  await finder.play();
  let last = "";
  setInterval(async () => {
    const found = await detector.detect(finder);
    const seen = found[0]?.rawValue ?? "";
    if (seen && seen !== last) take(seen);
    last = seen;
  }, LOOK_MS);
  button.hidden = true;
}

if ("BarcodeDetector" in window && navigator.mediaDevices) {
  const button = document.getElementById("camera");
  button.hidden = false;
  button.addEventListener("click", () => look(button, document.getElementById("finder")));
}

addEventListener("online", sendAll);
keep(waiting());
sendAll();
