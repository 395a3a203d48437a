/* What the list says of a station: how far, open until when, the way in, what works there, what is
   doubted or reported, and who checked it. `state` is the list's own: its file and its wishes. */
"use strict";

const listWords = (settings, state) => {
  const { words } = settings;

  const ARRIVAL_MARKS = { shut: "closed", still: "closed", wait: "soon", left: "soon", opened: "open" };
  const plurals = new Intl.PluralRules(document.documentElement.lang);
  /* A sentence, or its forms by the category of the number `n`. */
  const formOf = (said, { n }) =>
    (typeof said === "string" ? said : said[plurals.select(n)] || said.other);
  const fill = (sentence, values) =>
    formOf(sentence, values).replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));

  const lengthWords = (metres) => (metres < 995
    ? fill(words.metres, { n: Math.max(10, Math.round(metres / 10) * 10) })
    : fill(words.kilometres, { n: (metres / 1000).toFixed(metres < 9950 ? 1 : 0) }));

  function timeWords({ seconds, about }) {
    const minutes = Math.max(1, Math.ceil(seconds / 60));
    const said = minutes < 100 ? fill(words.minutes, { n: minutes })
      : fill(words.hours, { n: Math.round(minutes / 60) });
    return about ? fill(words.about, { time: said }) : said;
  }

  /* Of what day the data are, and how long ago that is. */
  function dayWords(day) {
    const said = fill(words.data_day, {
      month: words.opening.months[Number(day.slice(5, 7)) - 1], day: Number(day.slice(8)),
    });
    const days = Math.floor((Date.now() - Date.parse(`${day}T00:00:00+08:00`)) / 86400000);
    return days > 0 ? fill(words.data_age, { said, n: days }) : said;
  }

  /* How a station stands at the moment at which one sets out. */
  function stateOf(station, moment) {
    if (station.status !== "open") {
      return { says: words.suspended, note: "", mark: "suspended" };
    }
    const found = opening.state(station, moment);
    return {
      says: opening.says(found, station, words.opening),
      note: opening.note(found, words.opening),
      mark: opening.markState(station, moment),
    };
  }

  /* What one finds on arrival, and how that looks; nothing where one is there at once. */
  function arrivalOf(station, leave, arrive) {
    const none = { says: "", mark: "" };
    if (station.status !== "open" || arrive - leave < 60000) return none;
    const { word, minutes } = opening.onArrival(station, leave, arrive);
    if (!word) return none;
    return { says: fill(words.arrival[word], { n: minutes }), mark: ARRIVAL_MARKS[word] };
  }

  function accessWords(station) {
    const ways_in = Stations.wordsOf(station.access, state.file.access);
    return ways_in.length ? ways_in.map((way) => settings.access[way]).join(words.comma) : words.access_unknown;
  }

  /* What is broken of the wanted ones, what works, the chosen and the wanted ones first, then the rest. */
  function facilityWords(station) {
    const named = (sum) => Stations.wordsOf(sum, state.file.facilities);
    const first = settings.wanted_by[state.mode] || settings.wanted;
    const wanted = (id) => first.includes(id);
    const weight = (id) => 2 * state.facilities.has(id) + wanted(id)
      + (settings.wanted_by[state.mode] ? 0.1 * (first.length - first.indexOf(id)) * wanted(id) : 0);
    const works = named(station.has).sort((one, two) => weight(two) - weight(one))
      .map((id) => settings.facilities[id]);
    const broken = (ids) => ids.map((id) => fill(words.broken, { what: settings.facilities[id] }));
    const out = named(station.broken);
    return [...broken(out.filter(wanted)), ...works, ...broken(out.filter((id) => !wanted(id)))]
      .join(" · ") || words.facilities_unknown;
  }

  /* What is not known of a station that was wished for. */
  function doubtWords(station) {
    const doubts = [...state.facilities]
      .filter((id) => Stations.hasFacility(station, state.file.facilities.indexOf(id)) === 0)
      .map((id) => fill(words.not_known, { what: settings.facilities[id] }));
    if (station.cut && state.mode === "truck") doubts.unshift(words.no_truck_way);
    return doubts.join(" · ");
  }

  function reportWords({ standing }) {
    const { complaints } = standing;
    if (!complaints.length) return "";
    const [{ what, facility, devices }] = complaints;
    const said = facility && what === "broken" ? fill(words.broken, { what: settings.facilities[facility] })
      : words.complaints[what];
    return fill(words.reported, { n: devices, what: said });
  }

  const freshWords = (station) => [
    opening.checked(station, words.opening),
    station.standing.confirmed_at && station.standing.confirmed_at >= station.checked
      ? words.by_workers : station.checked ? words.by_register : "",
  ].filter(Boolean).join(" · ");

  return {
    fill, lengthWords, timeWords, dayWords, stateOf, arrivalOf, accessWords, facilityWords, doubtWords,
    reportWords, freshWords,
  };
};
