/* The reader's position, followed while the page is in front and no longer. It is handed to the caller and put
   nowhere: into no request and no store. */
"use strict";

const position = (() => {
  const OPTIONS = { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 };
  let told = null; // {found, failed} while it is wanted
  let watch = null;

  function look() {
    if (!told || watch !== null || document.hidden) return;
    watch = navigator.geolocation.watchPosition(
      ({ coords }) => told?.found([coords.longitude, coords.latitude]),
      () => told?.failed(),
      OPTIONS,
    );
  }

  function rest() {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    watch = null;
  }

  function follow(callbacks) {
    stop();
    told = callbacks;
    look();
  }

  function stop() {
    rest();
    told = null;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : look()));

  return { follow, stop };
})();
