/* Keeps the rounds that were opened, and their styles and scripts, for when there is no signal.
   Who is sent to the sign-in leaves nothing behind. */
"use strict";
const KEPT = "yizhan-rounds";
const PATIENCE_MS = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const late = () => new Promise((done, failed) => { setTimeout(failed, PATIENCE_MS); });

async function fresh(request) {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(request, { ignoreSearch: request.mode === "navigate", ignoreVary: true });
  let answer;
  try {
    answer = await (kept ? Promise.race([fetch(request), late()]) : fetch(request));
  } catch {
    return kept || Response.error();
  }
  if (request.mode === "navigate" && new URL(answer.url).pathname.endsWith("/login")) await caches.delete(KEPT);
  else if (answer.ok && !answer.redirected) await cache.put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).pathname.startsWith("/admin/photos/")) return;
  event.respondWith(fresh(request));
});
