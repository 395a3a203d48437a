/* Reports and proposals wait on the phone until there is a network. Each carries a number of its own,
   so that it is counted once however often it is sent. No position is among what is kept or sent. */
"use strict";

const reportQueue = (() => {
  const QUEUE = "yizhan.queue";
  const TICKETS = "yizhan.tickets";
  const DEVICE = "yizhan.device";
  const MOST_TICKETS = 50;
  const RETRY_S = [5, 20, 60, 300];
  const DROPPED = new Set([400, 403, 404, 413, 415, 422]);

  function read(name) {
    try { return JSON.parse(localStorage.getItem(name)) || []; } catch { return []; }
  }

  function write(name, value) {
    try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* a phone that keeps nothing */ }
  }

  const token = () => [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

  /* A random name that tells two phones apart and nothing else. */
  function device() {
    let kept = "";
    try { kept = JSON.parse(localStorage.getItem(DEVICE)) || ""; } catch { /* made anew */ }
    if (!/^[0-9a-f]{32}$/.test(kept)) {
      kept = token();
      write(DEVICE, kept);
    }
    return kept;
  }

  let held = []; // where the phone keeps nothing, what waits lasts as long as the page
  const waiting = () => {
    const kept = read(QUEUE);
    return kept.length ? kept : held;
  };

  function keep(items) {
    held = items;
    write(QUEUE, items);
  }

  /* Put one into the queue and try to send: {state: sent | waiting | busy | refused, ticket, detail}.
     What becomes later of one that waits stands under its nonce in the event "yizhan-delivered". */
  async function add(path, body, label) {
    const nonce = token();
    keep([...waiting(), { path, label, body: { ...body, device: device(), nonce } }]);
    const outcomes = await deliver();
    const outcome = outcomes.get(nonce) || { state: "waiting" };
    return ["sent", "refused"].includes(outcome.state) ? outcome : { ...outcome, nonce };
  }

  async function send({ path, body }) {
    let answer;
    try {
      answer = await fetch(path, {
        method: "POST", credentials: "omit", headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    } catch {
      return { state: "waiting" };
    }
    if (answer.ok) return { state: "sent", ticket: (await answer.json()).ticket };
    if (!DROPPED.has(answer.status)) return { state: "busy" };
    const problem = await answer.json().catch(() => ({}));
    return { state: "refused", detail: problem.detail || String(answer.status) };
  }

  /* The day that it is in China: before eight in the morning Greenwich is a day behind. */
  const today = () => new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);

  let running = null;

  function deliver() {
    running = (running || Promise.resolve()).then(deliverAll, deliverAll);
    return running;
  }

  let tries = 0;
  let timer = 0;

  /* The first request after "on line again" may still fail, and nobody says so twice. */
  function later() {
    clearTimeout(timer);
    timer = setTimeout(deliver, 1000 * RETRY_S[Math.min(tries, RETRY_S.length - 1)]);
    tries += 1;
  }

  async function deliverAll() {
    clearTimeout(timer);
    const outcomes = new Map();
    for (const item of waiting()) {
      const outcome = await send(item);
      outcomes.set(item.body.nonce, outcome);
      if (outcome.state === "waiting" || outcome.state === "busy") {
        later();
        break;
      }
      tries = 0;
      keep(waiting().filter(({ body }) => body.nonce !== item.body.nonce));
      if (outcome.ticket) {
        const told = { ticket: outcome.ticket, label: item.label, day: today() };
        const others = read(TICKETS).filter(({ ticket }) => ticket !== outcome.ticket);
        write(TICKETS, [told, ...others].slice(0, MOST_TICKETS));
      }
    }
    if (outcomes.size) dispatchEvent(new CustomEvent("yizhan-delivered", { detail: outcomes }));
    return outcomes;
  }

  addEventListener("online", deliver);
  if (waiting().length) deliver();

  return { add, deliver, waiting, tickets: () => read(TICKETS) };
})();
