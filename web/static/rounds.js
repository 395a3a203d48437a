/* Visits of an inspection round: without a signal they wait on the phone and are sent later. Each
   carries a number of its own, so that it counts once however often it is sent. */
"use strict";

(() => {
  const QUEUE = "yizhan.visits";
  const DROPPED = new Set([400, 404, 413, 415, 422]);
  const page = document.querySelector("[data-round]");
  const words = page.dataset;
  const state = document.getElementById("round-state");

  function waiting() {
    try { return JSON.parse(localStorage.getItem(QUEUE)) || []; } catch { return []; }
  }

  function keep(items) {
    try {
      localStorage.setItem(QUEUE, JSON.stringify(items));
      return true;
    } catch { return false; }
  }

  const nonce = () => [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

  function tell(station, text) {
    const line = document.querySelector(`[data-outcome="${CSS.escape(station)}"]`);
    if (line) line.textContent = text;
  }

  function count() {
    const n = waiting().length;
    state.textContent = n ? words.waiting.replace("{n}", n) : "";
    for (const { body } of waiting()) tell(body.station, words.kept);
  }

  async function send({ path, body }) {
    const form = new URLSearchParams({ ...body, token: words.token });
    let answer;
    try {
      answer = await fetch(path, { method: "POST", headers: { Accept: "application/json" }, body: form });
    } catch { return { state: "waiting" }; }
    if (answer.redirected || answer.status === 403) return { state: "waiting", detail: words.login };
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) return { state: "sent", detail: told.said };
    return { state: DROPPED.has(answer.status) ? "refused" : "waiting", detail: told.detail };
  }

  let running = Promise.resolve();

  async function deliverAll() {
    for (const item of waiting()) {
      const outcome = await send(item);
      if (outcome.state === "waiting") {
        count();
        if (outcome.detail) state.textContent = outcome.detail;
        return;
      }
      keep(waiting().filter(({ body }) => body.nonce !== item.body.nonce));
      count();
      tell(item.body.station, outcome.detail || "");
      if (outcome.state === "sent") document.querySelector(`[data-stop="${CSS.escape(item.body.station)}"]`)?.classList.add("done");
    }
    count();
  }

  const deliver = () => (running = running.then(deliverAll, deliverAll));

  for (const form of document.querySelectorAll("form.visit")) {
    form.addEventListener("submit", (event) => {
      const body = Object.fromEntries(new FormData(form));
      delete body.token;
      body.seen_at = new Date().toISOString();
      body.nonce = nonce();
      const path = new URL(form.action).pathname + new URL(form.action).search;
      if (!keep([...waiting(), { path, body }])) return; // a phone that keeps nothing sends the form itself
      event.preventDefault();
      count();
      deliver();
    });
  }

  addEventListener("online", deliver);
  count();
  if (waiting().length) deliver();

  /* The first opening is enough: the page keeps itself, which its worker has not seen yet. */
  async function keepPage() {
    await navigator.serviceWorker.register(words.worker, { scope: "/admin/rounds" });
    await navigator.serviceWorker.ready;
    const files = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
    await (await caches.open("yizhan-rounds")).addAll([location.href, ...files]);
  }

  if ("serviceWorker" in navigator) keepPage().catch(() => {});
})();
