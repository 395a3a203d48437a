/* The stations that the reader keeps, by their ids; on this phone and nowhere else. */
"use strict";

const favourites = (() => {
  const KEPT = "yizhan.favourites";

  function all() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT));
      return new Set(Array.isArray(kept) ? kept : []);
    } catch { return new Set(); }
  }

  /* Keep a station or let it go; whether it is kept now, null where the phone has no room for it. */
  function toggle(id) {
    const kept = all();
    if (!kept.delete(id)) kept.add(id);
    try { localStorage.setItem(KEPT, JSON.stringify([...kept])); } catch { return null; }
    if (kept.size) navigator.storage?.persist?.().catch(() => {}); // not to be cleared with what is only cached
    return kept.has(id);
  }

  return { all, toggle };
})();
