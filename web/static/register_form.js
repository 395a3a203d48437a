/* A station's form: hours understood while they are written, and its place on the map. */
"use strict";

(() => {
  const find = (selector) => document.querySelector(selector);
  const settings = JSON.parse(find("#register-settings").textContent);
  const box = find("#hours-preview");
  const WAIT_MS = 300;
  let timer = 0;
  let asked = 0;

  async function showHours(text) {
    const turn = (asked += 1);
    const address = new URL(box.dataset.address, location.href);
    address.searchParams.set("text", text);
    const answer = await fetch(address).catch(() => null);
    if (!answer || !answer.ok || turn !== asked) return;
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    box.replaceChildren(...made.body.childNodes);
  }

  // ---- the place ----
  let map = null;
  const cell = (name) => find(`#f-${name}`);

  /* WGS-84 of what is written; null for Baidu's, which only the server reads. */
  function written() {
    const given = [Number(cell("lon").value), Number(cell("lat").value)];
    if (!cell("lon").value || !cell("lat").value || !given.every(Number.isFinite)) return null;
    if (cell("datum").value === "bd09") return null;
    return cell("datum").value === "gcj02" ? datum.wgs84(given) : given;
  }

  function showWritten() {
    const place = written();
    if (place && map) map.showHere(place, null);
    return place;
  }

  async function makeMap() {
    map = await locatorMap.make({
      settings, stations: [], about: () => ({}),
      onTap: (lonlat) => {
        const [lon, lat] = lonlat.map((degrees) => degrees.toFixed(6));
        cell("datum").value = "wgs84";
        cell("lon").value = lon;
        cell("lat").value = lat;
        showWritten();
      },
    });
    const place = showWritten();
    if (place) map.map.setView([place[1], place[0]], 15);
    const now = await (await fetch(settings.now)).json();
    if (!now.roads || now.roads_large) { map.drawPlain(); return; }
    await locatorMap.prepareRoads(settings);
    map.drawRoads(Pocket.unpack(await (await fetch(now.roads)).arrayBuffer()));
  }

  for (const shown of document.querySelectorAll("[data-with-script]")) shown.hidden = false;
  for (const hidden of document.querySelectorAll("[data-without-script]")) hidden.hidden = true;
  cell("hours").addEventListener("input", ({ target }) => {
    clearTimeout(timer);
    timer = setTimeout(() => showHours(target.value), WAIT_MS);
  });
  for (const name of ["datum", "lon", "lat"]) cell(name).addEventListener("change", showWritten);
  makeMap().catch(() => {});
})();
