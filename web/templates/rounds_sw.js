/* Keeps the rounds that were opened, and their styles and scripts, for when there is no signal.
   Who is sent to the sign-in leaves nothing behind. */
"use strict";
const KEPT = "yizhan-rounds";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function fresh(request) {
  const cache = await caches.open(KEPT);
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    const kept = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
    return kept || Response.error();
  }
  if (request.mode === "navigate" && new URL(answer.url).pathname.endsWith("/login")) await caches.delete(KEPT);
  else if (answer.ok && !answer.redirected) await cache.put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(fresh(event.request));
});
