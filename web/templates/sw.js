/* The service worker: page, styles, scripts, data and roads stay on the phone. A new version is fetched
   in the background and stands at the next opening. It keeps no request and no position. */
"use strict";

const VERSION = {{ version|tojson }};
const ASSETS = {{ assets|tojson }};
const PAGES = {{ pages|tojson }}; // by path, then by language
const LANGUAGES = {{ languages|tojson }};
const FOLDER = {{ folder|tojson }};
const NOW = `${FOLDER}now.json`;
const SHELL = `yizhan-${VERSION}`;
const DATA = "yizhan-data";
const PHOTOS = "yizhan-photos";
const MOST_PHOTOS = 60;
const LANGUAGE = "/.language";
const PATIENCE_MS = 3000;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

async function install() {
  const cache = await caches.open(SHELL);
  const pages = Object.values(PAGES).flatMap((byLanguage) => Object.values(byLanguage));
  await cache.addAll([...ASSETS, ...pages.map((page) => new Request(page, { cache: "no-cache" }))]);
  await keepData(await fetch(NOW, { cache: "no-cache" }));
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith("yizhan-") && ![SHELL, DATA, PHOTOS].includes(name)) await caches.delete(name);
  }
}

/* Keep the files that hold now and drop those that held before; large roads only once asked for. */
async function keepData(answer) {
  if (!answer.ok) return;
  const data = await caches.open(DATA);
  const now = await answer.clone().json();
  const wanted = [now.stations, now.details, now.sounds, ...(now.roads_large ? [] : [now.roads])].filter(Boolean);
  for (const address of wanted) if (!await data.match(address)) await data.add(address);
  await data.put(NOW, answer);
  const kept = new Set([...wanted, now.roads, NOW, LANGUAGE]);
  for (const request of await data.keys()) {
    if (!kept.has(new URL(request.url).pathname)) await data.delete(request);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === "/plan" || url.pathname.startsWith("/report") || url.pathname.endsWith(".svg")
      || url.pathname.startsWith("/admin")) return;
    if (url.pathname in PAGES || url.pathname.startsWith("/s/")) event.respondWith(page(url, request));
  } else if (url.pathname.startsWith("/photos/")) event.respondWith(photo(request));
  else if (url.pathname === NOW) event.respondWith(newest(event));
  else if (url.pathname.startsWith(FOLDER)) event.respondWith(dataFile(url, request));
  else if (ASSETS.includes(url.pathname + url.search)) event.respondWith(asset(request));
});

/* A photo that was seen stays for when there is no signal; one that was taken away goes at once. */
async function photo(request) {
  const photos = await caches.open(PHOTOS);
  let answer;
  try {
    answer = await Promise.race([fetch(request), late()]);
  } catch {
    return (await photos.match(request.url)) || Response.error();
  }
  if (answer.ok) {
    await photos.put(request.url, answer.clone());
    for (const old of (await photos.keys()).slice(0, -MOST_PHOTOS)) await photos.delete(old);
  } else if (answer.status === 404) await photos.delete(request.url);
  return answer;
}

async function asset(request) {
  return (await caches.match(request)) || fetch(request);
}

/* The language of the address, else that of the last page, else the phone's own. */
async function language(url) {
  const data = await caches.open(DATA);
  const named = url.searchParams.get("lang");
  if (LANGUAGES.includes(named)) {
    await data.put(LANGUAGE, new Response(named));
    return named;
  }
  const kept = await data.match(LANGUAGE);
  if (kept) return kept.text();
  return self.navigator.languages.map((tag) => tag.split("-")[0]).find((code) => LANGUAGES.includes(code)) || LANGUAGES[0];
}

/* The list at once from the phone; a station from the server where one answers soon. */
async function page(url, request) {
  const cache = await caches.open(SHELL);
  const code = await language(url);
  const own = url.pathname in PAGES ? url.pathname : "/s/";
  const kept = await cache.match(PAGES[own][code]);
  if (own !== "/s/" && kept && !url.searchParams.has("page")) return kept;
  try {
    return await Promise.race([fetch(request), late()]);
  } catch {
    return kept || Response.error();
  }
}

const late = () => new Promise((done, failed) => { setTimeout(failed, PATIENCE_MS); });

async function newest(event) {
  try {
    const answer = await fetch(event.request, { cache: "no-cache" });
    event.waitUntil(keepData(answer.clone()).catch(() => {}));
    return answer;
  } catch {
    return (await caches.match(NOW)) || Response.error();
  }
}

async function dataFile(url, request) {
  const data = await caches.open(DATA);
  const kept = await data.match(url.pathname);
  if (kept) return kept;
  try {
    const answer = await fetch(request);
    if (answer.ok) await data.put(url.pathname, answer.clone());
    return answer;
  } catch {
    const sort = url.pathname.split("-")[0];
    const other = (await data.keys()).find((one) => new URL(one.url).pathname.startsWith(sort));
    return other ? data.match(other) : Response.error();
  }
}
