/* The stations as they were shipped, in columns (web/locator/station_columns.py), made into plain objects; what
   is known of each against a wish: 1 yes, 0 not known, -1 no. Nothing here touches the page. */
"use strict";

const Stations = (() => {
  const STEP = 1e-6;
  const DAY = 1440;
  const NIGHT = { from: 22 * 60, to: 30 * 60 };
  const HOURS = ["hours_intervals", "hours_unsettled", "hours_silent", "hours_unknown"];
  const SILENT = { amber: false, complaints: [], answers: [], activities: [], changes: [], confirmed_at: null, fine: 0 };

  const wordsOf = (sum, list) => list.filter((word, place) => sum & (1 << place));

  /* Stations in the order of the list; `hours_from` and its fellows are what opening.js reads. */
  function read(file) {
    const { columns, kinds, statuses, hours, districts } = file;
    const count = columns.id.length;
    kept = new Map(); // the places of hours are those of their own file
    const list = new Array(count);
    for (let row = 0; row < count; row += 1) {
      const said = (file.standing || {})[columns.id[row]];
      const standing = said ? { ...SILENT, ...said } : SILENT;
      const station = {
        row,
        id: columns.id[row],
        name: columns.name[row],
        lonlat: [columns.lon[row] * STEP, columns.lat[row] * STEP],
        kind: kinds[columns.kind[row]],
        status: statuses[columns.status[row]],
        has: columns.has[row],
        broken: columns.broken[row],
        absent: columns.absent[row],
        access: columns.access[row],
        serves: columns.serves[row],
        address: columns.address[row],
        district: (districts[columns.district[row]] || [""])[0],
        hours: columns.hours[row],
        hours_from: file.day,
        standing,
        checked: columns.checked[row],
        checked_at: columns.checked[row],
      };
      if ((standing.confirmed_at || "") > station.checked) station.checked_at = standing.confirmed_at;
      const spans = hours[station.hours];
      for (const name of HOURS) if (name in spans) station[name] = spans[name];
      list[row] = station;
    }
    const today = new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);
    for (const [row, from, to, lon, lat] of file.moves || []) { // by the clock, also without a signal
      if (from <= today && (!to || today <= to)) list[row].lonlat = [lon * STEP, lat * STEP];
    }
    return list;
  }

  // ---- wishes ----
  function hasFacility(station, place) {
    const bit = 1 << place;
    return station.has & bit ? 1 : (station.absent | station.broken) & bit ? -1 : 0;
  }

  /* Stations of the same hours have the same answer in the same minute: asked once. */
  const MOST_KEPT = 50000;
  let kept = new Map();

  function stateAt(station, moment) {
    const key = `${station.hours_from} ${station.hours} ${Math.floor(moment / 60000)}`;
    let found = kept.get(key);
    if (!found) {
      if (kept.size > MOST_KEPT) kept = new Map();
      found = opening.state(station, moment);
      kept.set(key, found);
    }
    return found;
  }

  function isOpenAt(station, moment) {
    if (station.status !== "open") return -1;
    const { word } = stateAt(station, moment);
    return word === "unknown" ? 0 : word === "closed" ? -1 : 1;
  }

  /* Open from 22 to 6 of the night that comes, or for what is left of the one that is. */
  function isOpenAtNight(station, moment) {
    if (station.status !== "open") return -1;
    const { word, minute } = stateAt(station, moment);
    if (word === "unknown") return 0;
    const midnight = Math.floor(minute / DAY) * DAY;
    const early = minute - midnight < NIGHT.to - DAY;
    const from = early ? minute : Math.max(minute, midnight + NIGHT.from);
    const to = early ? midnight + NIGHT.to - DAY : midnight + NIGHT.to;
    const unknown = station.hours_unknown || [];
    const holds = ([start, end]) =>
      (station.hours_intervals.some(([low, high]) => low <= start && (high === null || high >= end)) ? 1
        : unknown.includes(Math.floor(start / DAY)) ? 0 : -1);
    const parts = early ? [[from, to]] : [[from, midnight + DAY], [midnight + DAY, to]];
    return Math.min(...parts.map(holds));
  }

  return { read, wordsOf, hasFacility, isOpenAt, isOpenAtNight };
})();
