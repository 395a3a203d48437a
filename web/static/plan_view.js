/* A plan's map in its address: who opens the link sees the same part of it and the same area. */
"use strict";

const planView = ({ find, place, says, fill, rounded, tell }) => {
  const VIEW = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/; // lon, lat, zoom
  const asked = new URLSearchParams(location.search);

  /* Write a part of the address, without a step for the button that goes back. */
  function keep(name, value) {
    const address = new URL(location.href);
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
  }

  /* Choose the area that the address names. */
  function restoreArea() {
    const choice = find("#area-of");
    if (!choice) return;
    const named = [...choice.options].find(({ value }) => value && value === asked.get("area"));
    if (named) choice.value = named.value;
    choice.addEventListener("change", () => keep("area", choice.value));
  }

  /* Show the part of the map that the address names, and name there what is shown from now on. */
  function bindView(map) {
    const told = VIEW.exec(asked.get("view") || "");
    if (told) {
      const [lon, lat, zoom] = told.slice(1).map(Number);
      map.setView(place.put([lon, lat]), zoom, { animate: false });
    }
    map.on("moveend", () =>
      keep("view", [...rounded(place.take(map.getCenter())), map.getZoom()].join()));
    find("#copy-link").addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(location.href);
        tell(says.copied);
      } catch { tell(fill(says.copy_this, { address: location.href })); }
    });
  }

  return { bindView, restoreArea };
};
