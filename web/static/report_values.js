/* What a report gives for the register: new hours by days and two times, a new place by a tap. The
   phone's own position is not asked for. */
"use strict";

const reportValues = (() => {
  const find = (selector) => document.querySelector(selector);
  const DAYS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
  const DIGITS = 4;
  let place = null;
  let touched = false;
  let map = null;

  const plain = (clock) => clock.replace(/^0/, "");
  const chosen = () => [...document.querySelectorAll("[data-day]")]
    .filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => Number(chip.dataset.day));

  /* Runs of days, such as 周一至周五、周日; every day needs no word. */
  function dayWords(days) {
    if (days.length === DAYS.length) return "";
    const runs = [];
    for (const day of days) {
      const last = runs[runs.length - 1];
      if (last && last[1] === day - 1) last[1] = day;
      else runs.push([day, day]);
    }
    return `${runs.map(([low, high]) => (low === high ? DAYS[low]
      : `${DAYS[low]}${high === low + 1 ? "、" : "至"}${DAYS[high]}`)).join("、")} `;
  }

  function hours() {
    const days = chosen();
    const [from, to] = [find("#report-from").value, find("#report-to").value];
    if (!days.length || !from || !to || from === to) return null;
    return `${dayWords(days)}${plain(from)}-${to === "00:00" ? "24:00" : plain(to)}`;
  }

  function showHours(words) {
    touched = true;
    const said = hours();
    find("#report-hours-said").textContent = said ? words.hours_said.replace("{hours}", said) : words.hours_need;
  }

  async function makeMap({ place_map: settings, words }) {
    if (map) return;
    map = await locatorMap.make({
      settings, stations: [], about: () => ({}),
      onTap: (lonlat) => {
        const [left, bottom, right, top] = settings.city_box;
        const [lon, lat] = lonlat;
        const inside = lon >= left && lon <= right && lat >= bottom && lat <= top;
        place = inside ? lonlat.map((degrees) => Number(degrees.toFixed(DIGITS))) : null;
        if (inside) map.showHere(lonlat, null);
        find("#report-place-said").textContent = inside ? words.place_taken : words.outside;
      },
    });
    const { dataset } = find("[data-station]");
    if (dataset.lon) map.map.setView([Number(dataset.lat), Number(dataset.lon)], 15);
    const now = await (await fetch(settings.now)).json();
    if (!now.roads || now.roads_large) { map.drawPlain(); return; }
    await locatorMap.prepareRoads(settings);
    map.drawRoads(Pocket.unpack(await (await fetch(now.roads)).arrayBuffer()));
  }

  function show(what, settings) {
    find("#report-hours").hidden = what !== "new_hours";
    find("#report-place").hidden = what !== "moved";
    if (what === "moved") makeMap(settings).catch(() => {});
  }

  /* What goes along with a report; hours that were begun and are not whole are null. */
  function of(what) {
    if (what === "new_hours" && touched) return hours() ? { hours: hours() } : null;
    return what === "moved" && place ? { lon: place[0], lat: place[1] } : {};
  }

  function bind(words) {
    for (const chip of document.querySelectorAll("[data-day]")) {
      chip.addEventListener("click", () => {
        chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
        showHours(words);
      });
    }
    for (const name of ["#report-from", "#report-to"]) {
      find(name).addEventListener("input", () => showHours(words));
    }
  }

  function clear() {
    touched = false;
    place = null;
    for (const name of ["#report-from", "#report-to"]) find(name).value = "";
    for (const chip of document.querySelectorAll("[data-day]")) chip.setAttribute("aria-pressed", "true");
    find("#report-hours-said").textContent = "";
  }

  return { bind, show, of, clear };
})();
