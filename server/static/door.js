// The desk at the door, made quicker: without this file every scan is a page of its own.
// Scans that cannot be sent wait in this browser and are sent later; the server counts each once.
"use strict";

const RETRY_MS = 5000;
const PATIENCE_MS = 15000;
const LOOK_MS = 200;
const SAME_MS = 4000;
const form = document.getElementById("scan");
const code = document.getElementById("code");
const outcome = document.getElementById("outcome");
const queue = document.getElementById("queue");
const said = form.dataset;

// What waits is written to disk before anything else: a browser that is killed, or a battery that
// is empty, loses no scan. Where a browser keeps nothing (private, or full), this page does.
const unkept = [];
const opened = new Promise((done, fail) => {
  const asked = indexedDB.open("door", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("scans", { keyPath: "nonce" });
  asked.onsuccess = () => done(asked.result);
  asked.onerror = asked.onblocked = () => fail(asked.error);
});
opened.catch(() => {});

async function store(mode, work) {
  const base = await opened;
  return new Promise((done, fail) => {
    const change = base.transaction("scans", mode, { durability: "strict" });
    const asked = work(change.objectStore("scans"));
    change.oncomplete = () => done(asked.result);
    change.onerror = change.onabort = () => fail(change.error);
  });
}

async function keep(scan) {
  try {
    await store("readwrite", (scans) => scans.put(scan));
  } catch {
    unkept.push(scan);
  }
}

async function forget(scan) {
  const place = unkept.findIndex((one) => one.nonce === scan.nonce);
  if (place >= 0) unkept.splice(place, 1);
  else await store("readwrite", (scans) => scans.delete(scan.nonce));
}

// Of this event, the oldest first.
async function waiting() {
  const kept = await store("readonly", (scans) => scans.getAll()).catch(() => []);
  const mine = kept.filter((scan) => scan.event === said.event);
  return [...mine, ...unkept].sort((one, other) => one.at.localeCompare(other.at));
}

async function count() {
  const { length } = await waiting();
  queue.hidden = length === 0;
  queue.textContent = said.waiting.replace("{count}", length);
  if (unkept.length) queue.textContent += " " + said.unkept;
}

addEventListener("beforeunload", (event) => {
  if (unkept.length) event.preventDefault();
});

// `insist`: one more press, for whoever comes into the hall although their place is online.
function say(words, isGood, insist) {
  const box = document.createElement("div");
  box.className = "callout " + (isGood ? "good" : "bad");
  const line = document.createElement("p");
  line.textContent = words;
  box.append(line);
  outcome.replaceChildren(box);
  if (!insist) return;
  const press = document.createElement("button");
  [press.type, press.className, press.textContent] = ["button", "button primary", said.insist];
  press.addEventListener("click", insist, { once: true });
  outcome.append(press);
}

// What came of a scan; null when this browser may not send it: signed out, or an ended link.
// The moment of sending goes along, by the same clock: one that is wrong does no harm.
async function send({ event, ...scan }) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ ...scan, sent: new Date().toISOString() }),
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
  const tried = new Set();
  const next = async () => (await waiting()).find((scan) => !tried.has(scan.nonce));
  try {
    for (let scan = await next(); scan; scan = await next()) {
      tried.add(scan.nonce);
      const told = await send(scan);
      if (told) await forget(scan);
      await count();
      const again = { ...scan, nonce: crypto.randomUUID(), in_person: "1" };
      const insist = told?.result === "place_online" && (() => add(again));
      say(told ? told.words : said.refused, told?.is_ok, insist);
    }
  } catch {
    clearTimeout(retry);
    retry = setTimeout(sendAll, RETRY_MS);
  }
  isSending = false;
  await count();
  if (tried.size) refresh().catch(() => {});
}

// How many are in, and the last scans with the ways back, as the page would show them anew.
async function refresh() {
  const answer = await fetch(location.href, { redirect: "manual" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["numbers", "latest"]) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (fresh && !old.contains(document.activeElement)) old.replaceWith(fresh);
  }
}

async function take(typed) {
  const scan = {
    ...Object.fromEntries(new FormData(form)),
    event: said.event, code: typed, nonce: crypto.randomUUID(), at: new Date().toISOString(),
  };
  code.value = "";
  code.focus();
  await add(scan);
}

async function add(scan) {
  await keep(scan);
  await count();
  if (!navigator.onLine) say(said.kept.replace("{code}", scan.code), true);
  sendAll();
}

form.addEventListener("submit", (event) => {
  const typed = code.value.trim();
  // a name, which holds no digit, is looked for on a page of its own
  if (!/\d/.test(typed) || !crypto.randomUUID) return;
  event.preventDefault();
  take(typed);
});

// A hand scanner types wherever the page is: somebody touched the paper beside the field.
addEventListener("keydown", () => {
  const isOn = "a, button, input, select, summary";
  if (!document.activeElement.matches(isOn)) code.focus();
});

// Browsers that read no codes themselves do it with a file of ours.
async function detector() {
  const formats = ["qr_code"];
  const known = await window.BarcodeDetector?.getSupportedFormats().catch(() => []);
  if (known?.includes("qr_code")) return new window.BarcodeDetector({ formats });
  const { BarcodeDetector } = await import(said.decoder);
  return new BarcodeDetector({ formats });
}

const camera = document.getElementById("camera");
const finder = document.getElementById("finder");
let looking = null;

async function look() {
  try {
    const video = { facingMode: "environment" };
    finder.srcObject = await navigator.mediaDevices.getUserMedia({ video });
    await finder.play();
    looking = await detector();
  } catch {
    shut();
    say(said.dark, false);
    return;
  }
  [finder.hidden, camera.textContent] = [false, said.shut];
  let [last, lastAt] = ["", 0];
  while (looking) {
    const [found] = await looking.detect(finder).catch(() => []);
    const isNew = found?.rawValue !== last || Date.now() - lastAt > SAME_MS;
    // a hand that trembles shows one ticket many times
    if (found?.rawValue && looking) {
      if (isNew) take(found.rawValue);
      [last, lastAt] = [found.rawValue, Date.now()];
    }
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
}

function shut() {
  finder.srcObject?.getTracks().forEach((track) => track.stop());
  [looking, finder.srcObject, finder.hidden] = [null, null, true];
  camera.textContent = said.look;
}

if (navigator.mediaDevices && crypto.randomUUID) {
  camera.hidden = false;
  camera.addEventListener("click", () => (finder.srcObject ? shut() : look()));
  // while there is a connection: the hall may have none
  addEventListener("load", () => setTimeout(() => detector().catch(() => {}), 1000));
}

addEventListener("online", sendAll);
count().then(sendAll);
