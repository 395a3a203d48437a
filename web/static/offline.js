/* The service worker keeps page, data and roads for where there is no signal; it is set up when all
   else is done. */
"use strict";

const offline = (() => {
  /* The worker has no cookie to look into: the page tells it in which language the next one is wanted. */
  async function keepLanguage() {
    const data = await caches.open("yizhan-data");
    await data.put("/.language", new Response(document.documentElement.dataset.language));
  }

  async function start() {
    if (!("serviceWorker" in navigator)) return;
    await keepLanguage().catch(() => {});
    await navigator.serviceWorker.register("/sw.js", { scope: "/" });
    await navigator.serviceWorker.ready;
  }

  return { start };
})();
