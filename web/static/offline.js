/* The service worker keeps page, data and roads for where there is no signal; it is set up when all
   else is done. */
"use strict";

const offline = (() => {
  async function start() {
    if (!("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register("/sw.js", { scope: "/" });
    await navigator.serviceWorker.ready;
  }

  return { start };
})();
