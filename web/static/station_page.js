/* The page of a station: links by the reader's mode, reports in two taps, and, where the page came
   from the phone's own store, all of its content from the shipped data. */
"use strict";

(() => {
  const settings = JSON.parse(document.getElementById("station-settings").textContent);
  const { words } = settings;
  const find = (selector) => document.querySelector(selector);
  const article = find(".station-page");
  const DAY = 1440;
  const fill = (sentence, values) =>
    sentence.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));

  function choices() {
    try { return JSON.parse(localStorage.getItem("yizhan.choices")) || {}; } catch { return {}; }
  }

  // ---- content from the shipped data ----
  async function json(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  async function readStation(id) {
    const file = await json(settings.stations);
    const station = Stations.read(file).find((one) => one.id === id);
    if (!station) return null;
    let more = { hours: [], columns: { id: [] } };
    try { more = await json(settings.details); } catch { /* the list's own facts remain */ }
    const row = more.columns.id.indexOf(id);
    const detail = {};
    for (const [name, column] of Object.entries(more.columns)) if (row >= 0) detail[name] = column[row];
    return { file, station, detail, spoken: more.hours[station.hours], photos: (more.photos || {})[id] || [] };
  }

  function showState(station) {
    const open = station.status === "open";
    const found = opening.state(station);
    const mark = opening.markState(station);
    const target = find("#state");
    target.dataset.state = mark;
    target.textContent = open ? opening.says(found, station, words.opening) : words.suspended;
    find('[data-slot="mark"]').replaceChildren(yizhan.mark({ kind: station.kind, state: mark, amber: station.standing.amber }));
    const note = find('[data-slot="note"]');
    if (open && opening.note(found, words.opening)) {
      note.textContent = opening.note(found, words.opening);
      note.hidden = false;
    }
  }

  const clock = (minute) => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`;

  /* As web/locator/week.py: seven days, their hours in words and as bars; none where it is not open. */
  function weekRows({ hours_from: from, hours_intervals: spans, hours_unknown: unknown, status }) {
    if (!spans || status !== "open") return [];
    return [...Array(7).keys()].map((number) => {
      const date = new Date(Date.parse(`${from}T00:00:00Z`) + number * DAY * 60000);
      const [start, end] = [number * DAY, (number + 1) * DAY];
      const cut = spans.map(([low, high]) => [low, high === null ? end : high])
        .filter(([low, high]) => low < end && high > start)
        .map(([low, high]) => [Math.max(low, start) - start, Math.min(high, end) - start]);
      const none = (unknown || []).includes(number) ? words.opening.unknown : "";
      const whole = cut.length === 1 && cut[0][1] - cut[0][0] === DAY;
      return {
        day: fill(words.day, {
          weekday: words.opening.weekdays[(date.getUTCDay() + 6) % 7],
          month: words.opening.months[date.getUTCMonth()], day: date.getUTCDate(),
        }),
        says: whole ? words.whole_day
          : [...cut.map(([low, high]) => `${clock(low)}–${clock(high)}`), ...(none ? [none] : [])]
            .join(words.comma) || words.shut_day,
        cut,
      };
    });
  }

  function svg(name, attributes) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function showWeek(station) {
    const rows = weekRows(station).map(({ day, says, cut }) => {
      const row = document.createElement("tr");
      const head = yizhan.element("th", day);
      head.scope = "row";
      const bar = svg("svg", { viewBox: "0 0 1440 100", preserveAspectRatio: "none", "aria-hidden": "true" });
      bar.append(svg("rect", { class: "bar-ground", width: DAY, height: 100 }));
      for (const [low, high] of cut) {
        bar.append(svg("rect", { class: "bar-after", x: low, width: high - low, height: 100 }));
      }
      const cell = yizhan.element("td", null, "day-bar");
      cell.append(bar);
      row.append(head, yizhan.element("td", says), cell);
      return row;
    });
    find('[data-slot="week"]').replaceChildren(...rows);
    const none = find('[data-slot="no-week"]');
    none.hidden = rows.length > 0;
    none.textContent = station.status === "open" ? words.no_hours
      : fill(words.not_open, { status: words.suspended });
  }

  function pairs(target, rows) {
    target.replaceChildren(...rows.filter(([, text]) => text).flatMap(([label, text, className]) =>
      [yizhan.element("dt", label, className), yizhan.element("dd", text)]));
  }

  function showInside({ file, station }) {
    const told = station.has | station.broken | station.absent;
    const rest = file.facilities.reduce((sum, id, place) => sum | (told & (1 << place) ? 0 : 1 << place), 0);
    const named = (sum) => Stations.wordsOf(sum, file.facilities).map((id) => settings.facilities[id]).join(" · ");
    const { works, broken, absent, unknown } = words.inside;
    pairs(find('[data-slot="inside"]'), [
      [works, named(station.has), "is-works"], [broken, named(station.broken), "is-broken"],
      [absent, named(station.absent), "is-absent"], [unknown, named(rest), "is-unknown"],
    ]);
  }

  function showFacts({ file, station, detail, spoken }) {
    const said = {
      kind: words.kinds[station.kind], address: station.address, district: station.district,
      hours: (spoken || [])[words.hours_in] || "",
      access: Stations.wordsOf(station.access, file.access).map((way) => words.access[way]).join(words.comma)
        || words.access_unknown,
      who_may_enter: detail.who_may_enter, phone: detail.phone, contact: detail.contact,
      seats: detail.seats, truck_spaces: detail.truck_spaces,
      area_m2: detail.area_m2 ? `${detail.area_m2}${words.m2}` : "",
      host_type: [detail.host_name, words.terms[detail.host_type] || detail.host_type]
        .filter(Boolean).join(" · "),
      operator: [detail.operator, words.terms[detail.operator_kind] || detail.operator_kind]
        .filter(Boolean).join(" · "),
      sign: words.signs[detail.sign], status_since: detail.status_since,
    };
    pairs(find('[data-slot="facts"]'), words.labels.map(([name, label]) => [label, said[name]]));
  }

  const whatWords = ({ what, facility }) => (what === "broken" && facility
    ? fill(words.facility_broken, { what: settings.facilities[facility] }) : words.complaints[what]);

  function reported(complaint) {
    return fill(words.reported, { n: complaint.devices, what: whatWords(complaint) });
  }

  function showStanding(station) {
    const { complaints, answers, confirmed_at: confirmed, fine, activities, changes } = station.standing;
    find('[data-slot="changes"]').replaceChildren(...changes.map((one) => yizhan.element("li", one[words.hours_in ? "en" : "zh"])));
    find('[data-slot="changes-section"]').hidden = !changes.length;
    const rows = [
      ...complaints.map((one) => [one.since, `${reported(one)} · ${words.states[one.state] || one.state}`]),
      ...answers.map((one) => [one.answered_at || "", fill(words.answered, { what: whatWords(one), answer: one.answer })]),
      ...(confirmed ? [[confirmed, fine > 1 ? fill(words.many_fine, { n: fine }) : words.one_fine]] : []),
      ...(station.checked ? [[station.checked, words.register_check]] : []),
    ].sort((one, two) => (one[0] < two[0] ? 1 : -1));
    find('[data-slot="history"]').replaceChildren(...rows.map(([day, says]) => {
      const item = yizhan.element("li");
      item.append(yizhan.element("small", day), ` ${says}`);
      return item;
    }));
    find('[data-slot="history-section"]').hidden = !rows.length;
    find('[data-slot="activities"]').replaceChildren(...activities.map(activityOf));
    find('[data-slot="activities-section"]').hidden = !activities.length;
    if (complaints.length) {
      const note = find('[data-slot="note"]');
      note.textContent = [reported(complaints[0]), note.hidden ? "" : note.textContent].filter(Boolean).join(" · ");
      note.hidden = false;
    }
  }

  /* As activity_time of web/locator/station_alerts.py. */
  function activityOf({ title, kind, starts_at: starts, ends_at: ends, text, ics }) {
    const end = ends.slice(0, 10) === starts.slice(0, 10) ? ends.slice(11, 16)
      : `${ends.slice(0, 10)} ${ends.slice(11, 16)}`;
    const item = yizhan.element("li");
    const link = yizhan.element("a", words.calendar);
    link.href = ics;
    item.append(
      yizhan.element("b", title), " ", yizhan.element("span", words.activity_kinds[kind], "quiet"),
      document.createElement("br"),
      yizhan.element("span", `${starts.slice(0, 10)} ${starts.slice(11, 16)}–${end}`, "number"), " · ", link,
    );
    if (text) item.append(yizhan.element("p", text));
    return item;
  }

  function showPhotos({ station, photos }) {
    find('[data-slot="photos"]').replaceChildren(...photos.map((one) => {
      const picture = document.createElement("img");
      Object.assign(picture, { width: one.thumbnail_width, height: one.thumbnail_height, loading: "lazy", decoding: "async" });
      picture.alt = one.caption || fill(words.photo, { name: station.name });
      picture.src = one.thumbnail;
      const link = yizhan.element("a");
      link.href = one.href;
      link.append(picture);
      const item = yizhan.element("li");
      item.append(link);
      if (one.caption) item.append(yizhan.element("span", one.caption, "small quiet"));
      return item;
    }));
    find('[data-slot="photos-section"]').hidden = !photos.length;
  }

  async function fillShell() {
    const id = decodeURIComponent(location.pathname.replace(/^\/s\//, ""));
    const found = await readStation(id).catch(() => null);
    if (!found) { find("#state").textContent = words.not_found; return; }
    const { file, station } = found;
    article.dataset.station = id;
    document.title = document.title.replace(/^[^·]*/, `${station.name} `);
    find('[data-slot="name"]').textContent = station.name;
    find('[data-slot="fresh"]').textContent = opening.checked(station, words.opening);
    showState(station);
    showWeek(station);
    showInside(found);
    showFacts(found);
    showPhotos(found);
    showStanding(station);
    [article.dataset.lon, article.dataset.lat] = station.lonlat;
    linkTo(station.lonlat, station.name);
    const day = fill(words.data_day, {
      month: words.opening.months[Number(file.day.slice(5, 7)) - 1], day: Number(file.day.slice(8)),
    });
    find("#data-date").textContent = navigator.onLine ? day : fill(words.offline, { day });
    article.removeAttribute("data-shell");
  }

  // ---- the way there ----
  function linkTo(lonlat, name) {
    const mode = choices().mode || "foot";
    for (const link of document.querySelectorAll("[data-app]")) {
      link.href = navigation.to(link.dataset.app, lonlat, name, mode, settings.city);
    }
  }

  /* The map that was taken once is the one that the list's button opens from then on. */
  function bindApps() {
    const { app } = choices();
    for (const link of document.querySelectorAll("[data-app]")) {
      link.classList.toggle("plain", link.dataset.app !== (app || "amap"));
      link.addEventListener("click", () => {
        try {
          localStorage.setItem("yizhan.choices", JSON.stringify({ ...choices(), app: link.dataset.app }));
        } catch { /* a phone that keeps nothing */ }
      });
    }
    if (article.dataset.lon) {
      linkTo([Number(article.dataset.lon), Number(article.dataset.lat)], find('[data-slot="name"]').textContent);
    }
  }

  // ---- keeping and sharing ----
  const say = (text) => { find("#keep-said").textContent = text; };

  function showKept() {
    const kept = favourites.all().has(article.dataset.station);
    const button = find("#keep");
    button.setAttribute("aria-pressed", String(kept));
    button.textContent = `${kept ? "★" : "☆"}${button.textContent.slice(1)}`;
  }

  function keep() {
    const kept = favourites.toggle(article.dataset.station);
    say(kept === null ? words.no_room : kept ? words.kept : words.let_go);
    showKept();
  }

  /* The address alone goes out: no language, no position. */
  async function share() {
    const url = `${location.origin}${location.pathname}`;
    const title = find('[data-slot="name"]').textContent;
    if (navigator.share) {
      await navigator.share({ title, url }).catch(() => {});
      return;
    }
    try {
      await navigator.clipboard.writeText(url);
      say(words.copied);
    } catch { say(fill(words.copy_this, { address: url })); }
  }

  /* Whether it is open at a day and an hour of the reader's choice, on China's clock. */
  async function showOpenAt() {
    const { value } = find("#open-at");
    if (!value) return;
    const moment = new Date(`${value}:00+08:00`);
    const found = await readStation(article.dataset.station).catch(() => null);
    if (!found) return;
    const { station } = found;
    const then = opening.state(station, moment);
    const known = station.status === "open" && then.minute >= 0 && then.minute < 14 * DAY;
    find("#open-at-said").textContent = station.status !== "open" ? words.suspended
      : !known ? words.too_far : fill(words.open_then, {
        when: opening.momentWords(moment, station, words.opening),
        state: [opening.says(then, station, words.opening), opening.note(then, words.opening)].filter(Boolean).join(" · "),
      });
  }

  async function showWay() {
    const button = find("#way-ask");
    if (button.getAttribute("aria-disabled") === "true" || !article.dataset.lon) return;
    button.setAttribute("aria-disabled", "true");
    try {
      await locatorMap.once(settings.way);
      const { mode = "foot" } = choices();
      const said = listWords(settings, { facilities: new Set() });
      await wayThere.show(settings, said, [Number(article.dataset.lon), Number(article.dataset.lat)], mode);
    } finally { button.removeAttribute("aria-disabled"); }
  }

  function bindKeeping() {
    find("#way-ask").addEventListener("click", () => showWay().catch(() => {}));
    showKept();
    find("#keep").addEventListener("click", keep);
    find("#share").addEventListener("click", share);
    find("#open-at").addEventListener("change", showOpenAt);
    find("#truck-note").hidden = choices().mode !== "truck";
  }

  // ---- reports ----
  let what = "";

  function choose(button) {
    what = button.dataset.what;
    for (const other of document.querySelectorAll("[data-what]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    find("#report-more").hidden = false;
    find("#report-facility-field").hidden = what !== "broken";
    reportValues.show(what, settings);
    find("#report-said").textContent = "";
  }

  function body() {
    const said = { station: article.dataset.station, what, when: new Date().toISOString() };
    const facility = find("#report-facility").value;
    const text = find("#report-text").value.trim();
    if (what === "broken" && facility) said.facility = facility;
    if (text) said.text = text;
    return Object.assign(said, reportValues.of(what));
  }

  function sayOutcome({ state, ticket, detail }) {
    const said = find("#report-said");
    if (state === "sent" && ticket) {
      const [before, after] = words.sent.split("{ticket}");
      said.replaceChildren(before, yizhan.element("b", ticket, "ticket"), after);
    } else if (state === "sent") said.textContent = words.thanks;
    else if (state === "refused") said.textContent = fill(words.refused, { detail });
    else said.textContent = state === "busy" ? words.later : words.queued;
  }

  async function report() {
    const button = find("#report-send");
    if (button.getAttribute("aria-disabled") === "true") return;
    if (!reportValues.of(what)) { find("#report-hours-said").textContent = words.hours_need; return; }
    button.setAttribute("aria-disabled", "true"); // not `disabled`: that would lose the focus
    const label = `${find('[data-slot="name"]').textContent} · ${words.complaints[what]}`;
    const outcome = await reportQueue.add("/api/reports", body(), label);
    button.removeAttribute("aria-disabled");
    sayOutcome(outcome);
    if (outcome.state === "refused") return;
    find("#report-more").hidden = true;
    find("#report-text").value = "";
    reportValues.clear();
    for (const one of document.querySelectorAll("[data-what]")) one.setAttribute("aria-pressed", "false");
  }

  async function start() {
    for (const hidden of document.querySelectorAll("[data-with-script]")) hidden.hidden = false;
    for (const button of document.querySelectorAll("[data-what]")) {
      button.addEventListener("click", () => choose(button));
    }
    find("#report-send").addEventListener("click", report);
    reportValues.bind(words);
    bindApps();
    if (article.hasAttribute("data-shell")) await fillShell();
    bindKeeping();
    addEventListener("load", () => setTimeout(() => offline.start()
      .then(() => { document.body.dataset.ready = "offline"; }).catch(() => {}), 0));
    if (document.readyState === "complete") dispatchEvent(new Event("load"));
  }

  start();
})();
