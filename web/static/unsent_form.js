/* What a station's form says stays on this phone until the server has answered it: without a signal it is kept,
   that is said, and it stands in the form again when the page is opened the next time. */
"use strict";

(() => {
  const form = document.querySelector(".station-form");
  const line = document.querySelector("#unsent");
  const KEY = `yizhan.unsent.${form.dataset.account}.${new URL(form.action).pathname}`;
  const WAIT_MS = 8000; // as long as a poor signal is waited for
  let leaving = false;

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(KEY));
    } catch (error) {
      return null;
    }
  }

  /* Keep what is written, with the version that was seen: who saved meanwhile is still told. */
  function keep() {
    const said = [...new FormData(form)].filter(([name]) => name !== "token");
    try {
      localStorage.setItem(KEY, JSON.stringify(said));
      return true;
    } catch (error) {
      return false; // no room, or none allowed
    }
  }

  function fill(said) {
    for (const field of form.elements) {
      if (!field.name || field.name === "token" || field.type === "submit") continue;
      const values = said.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (values.length) [field.value] = values;
    }
  }

  function say(words) {
    line.textContent = words;
    line.hidden = false;
    line.scrollIntoView({ block: "center" });
  }

  async function isThere() {
    const late = new Promise((done) => setTimeout(done, WAIT_MS, null));
    const answer = fetch(line.dataset.probe, { cache: "no-store" }).catch(() => null);
    return (await Promise.race([answer, late])) !== null;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (leaving) return; // a second press while the first one waits
    leaving = true;
    const isKept = keep();
    const submitter = event.submitter || document.activeElement; // older browsers do not tell
    if (!await isThere()) {
      leaving = false;
      say(isKept ? line.dataset.kept : line.dataset.full);
      return;
    }
    if (submitter && submitter.form === form && submitter.type === "submit" && submitter.name) {
      const pressed = document.createElement("input");
      Object.assign(pressed, { type: "hidden", name: submitter.name, value: submitter.value });
      form.append(pressed);
    }
    form.submit(); // which asks no listener again
  });

  const before = kept();
  if (form.dataset.answered) localStorage.removeItem(KEY);
  else if (before) {
    fill(before);
    say(line.dataset.found);
  }
  const address = new URL(location.href);
  if (address.searchParams.has("done")) { // said once: what is written after it is another matter
    address.searchParams.delete("done");
    history.replaceState(null, "", address);
  }
})();
