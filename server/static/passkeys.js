// Passkeys: no browser asks a device for one without a script. Everything else works without.
"use strict";

const FIELDS = ["challenge", "id"];

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function readable(value) {
  if (Array.isArray(value)) return value.map(readable);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [
    name, FIELDS.includes(name) && typeof inner === "string" ? bytes(inner) : readable(inner),
  ]));
}

function writable(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const { id, type } = credential;
  return { id, rawId: text(credential.rawId), type, response, clientExtensionResults: {} };
}

async function ask(form) {
  const answer = await fetch(form.dataset.question, { method: "POST" });
  if (!answer.ok) throw new Error(answer.status);
  const publicKey = await answer.json();
  if (publicKey.rp) publicKey.user.id = bytes(publicKey.user.id), publicKey.challenge = bytes(publicKey.challenge);
  else publicKey.challenge = bytes(publicKey.challenge);
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (publicKey[list]) publicKey[list] = readable(publicKey[list]);
  }
  const way = form.dataset.passkey === "create" ? "create" : "get";
  return navigator.credentials[way]({ publicKey });
}

function offer(form) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[role=alert]");
    problem.hidden = true;
    try {
      form.elements.answer.value = JSON.stringify(writable(await ask(form)));
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
}

if (window.PublicKeyCredential) document.querySelectorAll("form[data-passkey]").forEach(offer);
