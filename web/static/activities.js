/* Signing up for an activity: a number and nothing else. Without a network it waits on the phone, as
   reports do. */
"use strict";

(() => {
  const { words } = JSON.parse(document.getElementById("activities-settings").textContent);
  const fill = (sentence, values) =>
    sentence.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));

  const queued = new Map(); // by nonce, the button that was pressed without a network

  function say(button, outcome) {
    const sentence = { sent: words.taken, refused: words.refused }[outcome.state] || words.queued;
    button.nextElementSibling.textContent = fill(sentence, outcome);
    button.disabled = outcome.state !== "refused";
  }

  async function signUp(button) {
    button.disabled = true;
    const body = { activity: Number(button.dataset.signUp) };
    const outcome = await reportQueue.add("/api/sign_ups", body, button.dataset.label);
    say(button, outcome);
    if (!["sent", "refused"].includes(outcome.state)) queued.set(outcome.nonce, button);
  }

  addEventListener("yizhan-delivered", ({ detail }) => {
    for (const [nonce, outcome] of detail) if (queued.has(nonce)) say(queued.get(nonce), outcome);
  });

  async function cancel(event) {
    event.preventDefault();
    const number = document.getElementById("cancel-number").value.trim();
    const said = event.target.querySelector("[role=status]");
    if (!number) return;
    try {
      const path = `/api/sign_ups/${encodeURIComponent(number)}/cancel`;
      const answer = await fetch(path, { method: "POST", credentials: "omit" });
      said.textContent = answer.ok ? words.cancelled : words.no_ticket;
    } catch {
      said.textContent = words.no_network;
    }
  }

  for (const button of document.querySelectorAll("[data-sign-up]")) {
    button.hidden = false;
    button.addEventListener("click", () => signUp(button));
  }
  const form = document.getElementById("cancel");
  form.hidden = false;
  form.addEventListener("submit", cancel);
})();
