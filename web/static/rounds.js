/* Visits of an inspection round, with photos: they wait on the phone (IndexedDB) and are sent when
   there is a signal, each under a key of its own, so that it counts once however often it is sent.
   One that was refused stays, with the reason, until it is saved anew or thrown away. */
"use strict";

(() => {
  const LONGEST_SIDE = 1600; // pixels, as the server keeps them
  const MOST_PHOTOS = 4;
  const RETRY_S = [3, 10, 30, 60];
  const REFUSED = new Set([400, 404, 413, 415, 422]);
  const page = document.querySelector("[data-round]");
  const words = page.dataset;
  const state = document.getElementById("round-state");
  const fill = (sentence, values) =>
    sentence.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));

  // ---- what waits on the phone ----
  const settled = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

  let opened;

  function store() {
    opened ||= new Promise((done, failed) => {
      const request = indexedDB.open("yizhan-visits", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("visits", { keyPath: "nonce" });
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
    return opened;
  }

  /* Do something with the kept visits; it is done once it is on the disk. */
  async function inStore(mode, act) {
    const transaction = (await store()).transaction("visits", mode, { durability: "strict" });
    const asked = act(transaction.objectStore("visits"));
    const whole = new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = () => failed(transaction.error);
    });
    const [found] = await Promise.all([asked && settled(asked), whole]);
    return found;
  }

  const keep = (item) => inStore("readwrite", (visits) => visits.put(item));
  const drop = (nonce) => inStore("readwrite", (visits) => visits.delete(nonce));
  const kept = async () => (await inStore("readonly", (visits) => visits.getAll()))
    .sort((one, two) => (one.fields.seen_at < two.fields.seen_at ? -1 : 1));

  const nonce = () => [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // ---- what the page says ----
  const stopOf = (station) => document.querySelector(`[data-stop="${CSS.escape(station)}"]`);

  function tell(station, text, ...more) {
    stopOf(station)?.querySelector("[data-outcome]").replaceChildren(text, ...more);
  }

  function discardButton(item) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button plain", textContent: words.discard });
    button.addEventListener("click", async () => {
      await drop(item.nonce);
      tell(item.fields.station, "");
      await count();
    });
    return button;
  }

  async function count(more = "") {
    const items = await kept();
    const waiting = items.filter(({ refused }) => !refused).length;
    state.textContent = more || (waiting ? fill(words.waiting, { n: waiting }) : "");
    page.dataset.queued = waiting;
    for (const item of items) {
      const { station } = item.fields;
      if (item.refused) tell(station, fill(words.refused, { detail: item.refused }), " ", discardButton(item));
      else tell(station, fill(item.photos.length ? words.keptPhotos : words.kept, { n: item.photos.length }));
    }
  }

  // ---- sending ----
  async function send({ path, fields, photos }) {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, token: words.token })) form.append(name, value);
    photos.forEach((photo, number) => form.append("photo", photo, `${number + 1}.jpg`));
    let answer;
    try {
      answer = await fetch(path, { method: "POST", headers: { Accept: "application/json" }, body: form });
    } catch { return { state: "waiting" }; }
    if (answer.redirected || answer.status === 403) return { state: "waiting", detail: words.login };
    const told = await answer.json().catch(() => null);
    if (answer.ok && told) return { state: "sent", detail: told.said, progress: told.progress };
    if (REFUSED.has(answer.status)) return { state: "refused", detail: told?.detail || String(answer.status) };
    return { state: "waiting" };
  }

  let running = Promise.resolve();
  let tries = 0;
  let timer = 0;

  /* Not every phone says when it is on line again, and the first request after it may still fail. */
  function later() {
    clearTimeout(timer);
    timer = setTimeout(deliver, 1000 * RETRY_S[Math.min(tries, RETRY_S.length - 1)]);
    tries += 1;
  }

  async function deliverAll() {
    clearTimeout(timer);
    for (const item of (await kept()).filter(({ refused }) => !refused)) {
      const { station } = item.fields;
      const outcome = await send(item);
      if (outcome.state === "waiting") {
        await count(outcome.detail);
        later();
        return;
      }
      tries = 0;
      if (outcome.state === "sent") {
        await drop(item.nonce);
        tell(station, outcome.detail);
        document.getElementById("round-progress").textContent = outcome.progress;
        stopOf(station)?.classList.add("done");
      } else await keep({ ...item, refused: outcome.detail });
      await count();
    }
    await count();
  }

  const deliver = () => (running = running.then(deliverAll, deliverAll));

  // ---- photos, made small before they are kept ----
  const chosen = new Map();

  async function small(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const photo = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.8); });
    if (!photo) throw new Error("no photo");
    return { photo, canvas };
  }

  function show(form) {
    const photos = chosen.get(form) || [];
    form.querySelector("[data-photos]").replaceChildren(...photos.map((one, number) => {
      const line = document.createElement("li");
      const button = document.createElement("button");
      const label = fill(words.photo, { n: number + 1 });
      one.canvas.setAttribute("role", "img");
      one.canvas.setAttribute("aria-label", label);
      Object.assign(button, { type: "button", className: "button plain", textContent: words.without });
      button.setAttribute("aria-label", `${words.without}: ${label}`);
      button.addEventListener("click", () => {
        photos.splice(number, 1);
        show(form);
      });
      line.append(one.canvas, button);
      return line;
    }));
  }

  async function choose(form, input) {
    const said = form.querySelector("[data-photos-said]");
    const photos = chosen.get(form) || [];
    chosen.set(form, photos);
    said.textContent = "";
    for (const file of [...input.files]) {
      if (photos.length >= MOST_PHOTOS) said.textContent = fill(words.most, { n: MOST_PHOTOS });
      else {
        try { photos.push(await small(file)); } catch { said.textContent = words.noPhoto; }
      }
    }
    input.value = "";
    show(form);
  }

  async function save(form) {
    const fields = Object.fromEntries([...new FormData(form)].filter(([name]) => !["token", "photo"].includes(name)));
    const address = new URL(form.action);
    const item = {
      nonce: nonce(),
      path: address.pathname + address.search,
      fields: { ...fields, seen_at: new Date().toISOString() },
      photos: (chosen.get(form) || []).map(({ photo }) => photo),
    };
    item.fields.nonce = item.nonce;
    for (const old of await kept()) {
      if (old.refused && old.fields.station === fields.station && old.path === item.path) await drop(old.nonce);
    }
    await keep(item);
    chosen.delete(form);
    show(form);
    await count();
    deliver();
  }

  for (const form of document.querySelectorAll("form.visit")) {
    const input = form.querySelector("[type=file]");
    let adding = Promise.resolve();
    input.addEventListener("change", () => { adding = adding.then(() => choose(form, input)); });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      // a phone that keeps nothing sends the form itself
      adding.then(() => save(form)).catch(() => form.submit());
    });
  }

  addEventListener("online", deliver);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) deliver(); });
  deliver().catch(() => {});

  /* The first opening is enough: the page keeps itself, which its worker has not seen yet. */
  async function keepPage() {
    await navigator.serviceWorker.register(words.worker, { scope: "/admin/rounds" });
    await navigator.serviceWorker.ready;
    const files = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
    await (await caches.open("yizhan-rounds")).addAll([location.href, ...files]);
    document.body.dataset.ready = "offline";
  }

  if ("serviceWorker" in navigator) keepPage().catch(() => {});
})();
