/* The planner's table and map point at each other. */
"use strict";

(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  function show(number) {
    const marker = yizhan.shared.sites.get(number);
    const { map } = yizhan.shared;
    if (!marker || !map) return;
    map.setView(marker.getLatLng(), Math.max(map.getZoom(), 13), { animate: !still.matches });
    marker.openPopup();
    document.querySelector(".planner-map").scrollIntoView({ block: "nearest" });
  }

  for (const row of document.querySelectorAll("tr[data-site]")) {
    row.addEventListener("click", (event) => {
      event.preventDefault();
      show(row.dataset.site);
    });
  }
})();
