/* The worker's list. The position lives in a variable of this page; it is put into no address, no
   request and no store. What is kept on the phone are choices only. */
"use strict";

(() => {
  const settings = JSON.parse(document.getElementById("locator-settings").textContent);
  const { words } = settings;
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const KEPT = "yizhan.choices";
  const UNSURE = 3; // so many of which something is not known follow the sure ones
  const MINUTE_MS = 60000;
  const AGAIN_MS = [0, 1000, 5000, 20000];
  const OLD_MIN = 2; // from so many minutes on a position's age is said
  const FIRST_MARKS = 20; // are seen on the map before the others
  const FAR_S = 1e8; // no way takes so long
  const STEP_M = 25; // who went less stands where he was
  const list = find(".stations");
  const template = find("#card");
  const where = find("#where");
  const state = {
    file: null, stations: [], here: null, source: null, placeName: "", mode: "foot", app: "amap",
    group: "", kind: "", facilities: new Set(), open: false, night: false, kept: false,
    favourites: favourites.all(),
    shown: settings.shown, modeChosen: false, said: "", map: null, leave: "now", leaveAt: 0,
    hereAt: 0, far: 0, address: "", askedAt: 0, names: null,
  };

  const {
    fill, lengthWords, timeWords, dayWords, stateOf, arrivalOf, accessWords, facilityWords, doubtWords,
    reportWords, freshWords,
  } = listWords(settings, state);

  const nextFrame = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done, 0)); });

  function ready(word) {
    document.body.dataset.ready = `${document.body.dataset.ready || ""} ${word}`.trim();
  }

  // ---- choosing: 1 yes, 0 not known, -1 no ----
  const departure = () => new Date(leaving.moment(state));
  const arrival = (station) =>
    new Date(+departure() + (state.here && station.seconds < Infinity ? station.seconds * 1000 : 0));

  const wishes = {
    open: (station) => Stations.isOpenAt(station, arrival(station)),
    kept: ({ id }) => (state.favourites.has(id) ? 1 : -1),
    night: (station) => Stations.isOpenAtNight(station, departure()),
    group: (station) => (station.serves & (1 << state.file.groups.indexOf(state.group)) ? 1 : -1),
    kind: (station) => (station.kind === state.kind ? 1 : -1),
  };

  function wishOf(name) {
    if (wishes[name]) return wishes[name];
    const place = state.file.facilities.indexOf(name);
    return (station) => Stations.hasFacility(station, place);
  }

  const chosenNames = () => [
    ...["open", "night", "kept", "group", "kind"].filter((name) => state[name]), ...state.facilities,
  ];

  /* Each wish asked once of every station; the chips and the list count over the answers. */
  function judge(names) {
    return new Map(names.map((name) => {
      const wish = wishOf(name);
      const said = new Int8Array(state.stations.length);
      for (let row = 0; row < said.length; row += 1) said[row] = wish(state.stations[row]);
      return [name, said];
    }));
  }

  /* The worst of the answers to several wishes, station by station. */
  function worstOf(names, verdicts) {
    const worst = new Int8Array(state.stations.length).fill(1);
    for (const name of names) {
      const said = verdicts.get(name);
      for (let row = 0; row < worst.length; row += 1) if (said[row] < worst[row]) worst[row] = said[row];
    }
    return worst;
  }

  /* How many fit what is chosen, `worst`, and one wish more. */
  function countOf(worst, more) {
    const found = { sure: 0, unsure: 0 };
    for (let row = 0; row < worst.length; row += 1) {
      const said = more[row] < worst[row] ? more[row] : worst[row];
      if (said > 0) found.sure += 1;
      if (said === 0) found.unsure += 1;
    }
    return found;
  }

  /* What is open on arrival first, then what may be, then what is not, then where no lorry comes;
     each by the time to it. */
  function sorted(found, open) {
    const rank = ({ row, status, cut }) => (status === "suspended" ? 4
      : cut && state.mode === "truck" ? 3 : 1 - open[row]);
    const keys = new Float64Array(state.stations.length);
    for (const station of found) {
      keys[station.row] = rank(station) * FAR_S + (state.here ? Math.min(station.seconds, FAR_S - 1) : 0);
    }
    return found.sort((one, two) => keys[one.row] - keys[two.row] || one.row - two.row);
  }

  // ---- cards ----
  function slot(card, name, text) {
    const target = card.querySelector(`[data-slot="${name}"]`);
    target.textContent = text;
    target.hidden = !text;
    return target;
  }

  const pageOf = ({ id }) => settings.station.replace("0", () => encodeURIComponent(id));

  const goTo = (station) =>
    navigation.to(state.app, station.lonlat, station.name, state.mode, settings.city);

  function cardOf(station) {
    const card = template.content.firstElementChild.cloneNode(true);
    const now = stateOf(station, departure());
    const then = arrivalOf(station, departure(), arrival(station));
    card.dataset.id = station.id;
    slot(card, "name", station.name);
    card.querySelector("h2").prepend(
      yizhan.mark({ kind: station.kind, state: now.mark, amber: station.standing.amber }),
    );
    slot(card, "minutes", state.here ? timeWords(station) : "");
    card.querySelector(".dot").hidden = !state.here;
    slot(card, "state", now.says).dataset.state = now.mark;
    slot(card, "arrival", then.says).dataset.state = then.mark;
    slot(card, "note", [reportWords(station), now.note, doubtWords(station)].filter(Boolean).join(" · "));
    slot(card, "way-in", accessWords(station)).classList.toggle("unknown", !station.access);
    slot(card, "facilities", facilityWords(station));
    slot(card, "fresh", freshWords(station));
    card.querySelector(".station").href = pageOf(station);
    const go = card.querySelector(".go");
    go.href = goTo(station);
    go.setAttribute("aria-label", `${words.navigate} ${station.name}`);
    return card;
  }

  function subheading(text) {
    const item = yizhan.element("li", null, "subheading");
    item.append(yizhan.element("h2", text));
    return item;
  }

  /* Cards, with a heading where those begin that may be shut, or are. */
  function cardsOf(found, open) {
    let last = 1;
    return found.flatMap((station) => {
      const heading = open[station.row] < last ? [words.maybe_shut, words.shut_then][-open[station.row]] : "";
      last = Math.min(last, open[station.row]);
      return [...(heading ? [subheading(heading)] : []), cardOf(station)];
    });
  }

  // ---- what the page says ----
  function whereWords(sure, unsure, open) {
    const said = placeWords(sure, unsure, open);
    return state.leave === "now" ? said : fill(words.leaving, { when: leaving.says(state, words.opening), said });
  }

  function ageWords() {
    const minutes = Math.floor((Date.now() - state.hereAt) / 60000);
    return state.source === "from_here" && minutes >= OLD_MIN ? fill(words.position_age, { n: minutes }) : "";
  }

  function placeWords(sure, unsure, verdicts) {
    const n = sure.length;
    const more = unsure.length ? fill(words.and_unsure, { n: unsure.length }) : "";
    if (state.far) return fill(words.not_here, { length: lengthWords(state.far) });
    if (!state.here) return fill(words.by_name, { n }) + more;
    const nearest = [...sure, ...unsure].reduce((one, two) => (two.metres < one.metres ? two : one));
    const open = sure.find(({ row }) => verdicts[row] > 0);
    const said = { n, place: state.placeName };
    if (nearest.metres > settings.radius_m || (open && open.metres > settings.radius_m)) {
      const best = open || nearest;
      const sentence = best === nearest ? words.none_near : words.none_open_near;
      const km = Number((settings.radius_m / 1000).toFixed(1));
      const radius = km < 1 ? lengthWords(settings.radius_m) : fill(words.kilometres, { n: km });
      return (chosenNames().length ? words.of_fitting : "") + fill(sentence, {
        radius, length: lengthWords(best.metres), how: words.modes[state.mode], time: timeWords(best),
      });
    }
    return fill(words[state.source], said) + more + (nearest.about ? words.rough : "") + ageWords();
  }

  function speaksOf(open) {
    const item = yizhan.element("li", null, "speaks");
    const anyway = sorted([...state.stations], open);
    item.append(yizhan.element("p", state.here && anyway.length
      ? fill(words.none_but, { time: timeWords(anyway[0]), name: anyway[0].name, how: words.modes[state.mode] })
      : words.none));
    const clear = yizhan.element("button", words.clear, "button plain");
    clear.type = "button";
    clear.addEventListener("click", clearFilters);
    item.append(clear);
    return item;
  }

  function showList({ stay = false } = {}) {
    const names = chosenNames();
    const chips = all("button[data-facility]").map(({ dataset }) => dataset.facility);
    const verdicts = judge([...new Set([...names, "open", "night", "kept", ...chips])]);
    const sure = [];
    const unsure = [];
    const worst = worstOf(names, verdicts);
    for (const station of state.stations) {
      const said = worst[station.row];
      if (said >= 0) (said ? sure : unsure).push(station);
    }
    const open = verdicts.get("open");
    sorted(sure, open);
    sorted(unsure, open);
    const items = cardsOf(sure.slice(0, state.shown), open);
    const left = state.shown - sure.length;
    const doubtful = unsure.slice(0, Math.max(UNSURE, left));
    if (doubtful.length) items.push(subheading(fill(words.unsure, { n: unsure.length })), ...doubtful.map(cardOf));
    if (!items.length) items.push(speaksOf(open));
    quiet.replace(list, items, stay);
    say(sure.length || unsure.length ? whereWords(sure, unsure, open) : fill(words.n_found, { n: 0 }));
    const rest = sure.length - state.shown;
    const more = find("#more");
    more.hidden = rest <= 0;
    more.textContent = fill(words.more, { n: Math.min(10, rest) });
    showCounts(names, worst, verdicts);
    state.found = [...sure, ...unsure];
    showOnMap();
  }

  let mapDue = 0;
  let middle = null; // the place that the map is to show next

  /* The map follows the list in frames of its own: no step of thousands of stations holds the page. */
  async function showOnMap(here = null) {
    mapDue += 1;
    const mine = mapDue;
    middle = here || middle;
    await nextFrame();
    if (mine !== mapDue) return;
    if (!state.map) { middle = null; return; } // it begins there by itself
    state.map.show(state.found, state);
    if (!middle) return;
    await nextFrame();
    if (middle === state.here) state.map.showHere(middle, state.found);
    middle = null;
  }

  function say(text) {
    if (text !== state.said) where.textContent = text;
    state.said = text;
  }

  function showCounts(names, worst, verdicts) {
    for (const chip of all("button[data-facility], button[data-filter]")) {
      const name = chip.dataset.facility || chip.dataset.filter;
      chip.setAttribute("aria-pressed", String(names.includes(name)));
      const { sure, unsure } = countOf(worst, verdicts.get(name));
      chip.querySelector(".count").textContent = sure;
      chip.title = unsure ? fill(words.count_unsure, { n: unsure }) : "";
    }
    for (const name of ["group", "kind"]) {
      const select = find(`#${name}`);
      const fits = names.includes(name) ? worstOf(names.filter((one) => one !== name), verdicts) : worst;
      select.classList.toggle("chosen", Boolean(select.value));
      const counts = countBy(name, fits);
      for (const option of select.options) {
        option.textContent = option.value ? `${option.dataset.word} ${counts.get(option.value) || 0}`
          : option.dataset.word;
      }
    }
  }

  function countBy(name, fits) {
    const counts = new Map();
    for (const station of state.stations) {
      if (fits[station.row] < 0) continue;
      const values = name === "kind" ? [station.kind]
        : Stations.wordsOf(station.serves, state.file.groups);
      for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
    }
    return counts;
  }

  // ---- choices, kept on the phone ----
  function keepChoices() {
    const { mode, modeChosen, group, kind, open, night, app } = state;
    const kept = { mode, modeChosen, group, kind, open, night, app, facilities: [...state.facilities] };
    try { localStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* a phone that keeps nothing */ }
  }

  function recallChoices() {
    let kept = {};
    try { kept = JSON.parse(localStorage.getItem(KEPT)) || {}; } catch { return; }
    for (const name of ["modeChosen", "open", "night"]) state[name] = kept[name] === true;
    if (navigation.apps.includes(kept.app)) state.app = kept.app;
    for (const name of ["group", "kind"]) {
      const select = find(`#${name}`);
      if ([...select.options].some(({ value }) => value && value === kept[name])) {
        state[name] = select.value = kept[name];
      }
    }
    for (const id of kept.facilities || []) {
      if (all("button[data-facility]").some(({ dataset }) => dataset.facility === id)) state.facilities.add(id);
    }
    offerTruck();
    const radio = all('input[name="mode"]').find(({ value }) => value === kept.mode);
    if (radio) { radio.checked = true; state.mode = radio.value; }
    offerTruck();
  }

  function clearFilters() {
    state.facilities.clear();
    state.open = state.night = state.kept = false;
    state.group = state.kind = find("#group").value = find("#kind").value = "";
    changed();
  }

  function changed() {
    state.shown = settings.shown;
    keepChoices();
    showList();
  }

  /* A truck goes other ways than a car: a truck driver is asked for the truck. */
  function offerTruck() {
    const choice = find("#mode-drive");
    const truck = state.group === "truck_driver";
    choice.value = truck ? "truck" : "car";
    choice.nextElementSibling.textContent = words.modes[choice.value];
    if (choice.checked) state.mode = choice.value;
    find("#truck-note").hidden = state.mode !== "truck";
  }

  /* A courier rides, until the reader says otherwise. */
  function goAsGroup() {
    offerTruck();
    const mode = settings.group_modes[state.group];
    const radio = all('input[name="mode"]').find(({ value }) => value === mode);
    if (!state.modeChosen && radio) {
      radio.checked = true;
      state.mode = mode;
      offerTruck();
    }
  }

  // ---- position ----
  async function measure() {
    if (!state.here) return;
    reach.guess(state.stations, state.here, state.mode, settings.rough);
    await reach.measure(state.stations, state.here, state.mode).catch(() => {});
  }

  async function lookFrom(here, source, placeName = "") {
    if (source !== "from_here") position.stop();
    Object.assign(state, { here, source, placeName, shown: settings.shown, hereAt: Date.now(), far: 0 });
    const measured = measure();
    const nearest = state.stations.reduce((least, { metres }) => Math.min(least, metres), Infinity);
    if (nearest > settings.away_m && nearest < Infinity) { stayInCity(nearest); return; }
    await measured;
    if (state.here !== here) return;
    showList();
    showOnMap(here);
    wantRoads();
  }

  /* Far from the city no time and no map of the way is worth a look: the city is shown as it is. */
  function stayInCity(metres) {
    position.stop();
    Object.assign(state, { here: null, source: null, far: metres });
    showList();
    state.map?.showCity();
    openSearch();
  }

  /* The person went on: the list follows where that changes something, the map is left as it is. */
  function goOn(here) {
    state.hereAt = Date.now();
    if (ways.metresBetween(state.here, here) < STEP_M) return;
    state.here = here;
    state.map?.showHere(here, null);
    measure().then(renew);
  }

  const renew = () => quiet.whenStill(() => showList({ stay: true }));

  function locate() {
    const button = find("#locate");
    if (!navigator.geolocation) { noPosition(); return; }
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true"); // not `disabled`: that would lose the focus
    say(words.locating);
    let known = false;
    position.follow({
      found: (here) => {
        button.removeAttribute("aria-disabled");
        if (known) { goOn(here); return; }
        known = true;
        lookFrom(here, "from_here");
      },
      failed: () => {
        button.removeAttribute("aria-disabled");
        if (!known) { position.stop(); noPosition(); }
      },
    });
  }

  function noPosition() {
    say(words.no_position);
    openSearch();
  }

  // ---- search ----
  function openSearch() {
    find("#search-box").hidden = false;
    find("#search-open").setAttribute("aria-expanded", "true");
    wantRoads();
    wantNames().catch(() => {});
  }

  let namesAsked = null;

  /* How the names sound; without it they are found by their signs alone. */
  async function wantNames() {
    await locatorMap.once(settings.assets.search);
    showFound();
    if (!now?.sounds || state.names) return;
    namesAsked ||= fetch(now.sounds).then((answer) => (answer.ok ? answer.json() : null));
    try { state.names = await namesAsked; } finally { if (!state.names) namesAsked = null; }
    showFound();
  }

  function showFound() {
    if (typeof search === "undefined") return;
    const text = find("#search").value;
    const found = search.find(text, {
      list: state.stations, districts: state.file.districts, roads: reach.roads(), names: state.names,
    });
    const items = found.map(({ name, what, status, lonlat }) => {
      const item = document.createElement("li");
      const choice = yizhan.element("button", null, "found");
      choice.type = "button";
      const sort = yizhan.element("small", words.places[status] || words.places[what]);
      if (status !== "open") sort.className = "not-open";
      const spoken = document.documentElement.dataset.language !== "zh" && state.names?.sounds[name];
      choice.append(yizhan.element("span", spoken ? `${name} ${spoken}` : name), sort);
      choice.addEventListener("click", () => {
        find("#found").replaceChildren();
        find("#search").value = name;
        lookFrom(lonlat, "from_place", name);
        where.scrollIntoView({ block: "nearest" });
      });
      item.append(choice);
      return item;
    });
    if (text.trim() && !items.length) items.push(yizhan.element("li", words.nothing_found, "quiet"));
    find("#found").replaceChildren(...items);
  }

  // ---- roads, map, newer data ----
  let roadsAsked = null;
  let now = null;

  async function loadRoads() {
    await reach.load(now.roads, settings.assets.searcher);
    if (state.here) { await measure(); showList(); }
    if (find("#search").value) showFound();
    performance.mark("yizhan-roads");
    await locatorMap.prepareRoads(settings);
    state.map?.drawRoads(reach.roads());
    ready("roads");
  }

  /* Roads that weigh much are fetched when they are asked for, the others as soon as all is quiet. */
  function wantRoads() {
    if (roadsAsked || !now || !now.roads) return;
    if (now.roads_large && !state.roadsWanted) { offerRoads(); return; }
    roadsAsked = loadRoads().catch(() => { roadsAsked = null; });
  }

  function offerRoads() {
    const button = find("#roads-load");
    button.hidden = !state.here;
    button.textContent = fill(words.load_roads, { n: (now.roads_bytes / 1e6).toFixed(1) });
    button.onclick = () => { state.roadsWanted = true; button.hidden = true; wantRoads(); };
  }

  /* Whether an answer came; without one what was shipped stands. */
  async function askNow() {
    state.askedAt = Date.now();
    let answer = null;
    try { answer = await fetch(settings.now); } catch { /* no network */ }
    if (answer?.ok) now = await answer.json();
    if (now) await takeNewest();
    return Boolean(answer?.ok);
  }

  /* A network that has just come back often fails the first request. */
  async function askAgain() {
    for (const wait of AGAIN_MS) {
      await new Promise((done) => { setTimeout(done, wait); });
      if (!navigator.onLine || await askNow().catch(() => false)) return;
    }
  }

  async function takeNewest() {
    if (now.stations !== state.address) await take(now.stations).then(renew);
    wantRoads();
    if (!now.roads || now.roads_large) state.map?.drawPlain();
  }

  async function take(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    state.file = await answer.json();
    state.stations = Stations.read(state.file);
    state.address = address;
    state.names = namesAsked = null;
    if (state.map) state.map.stations = state.stations;
    showDay();
    await measure();
  }

  function showDay() {
    const day = dayWords(state.file.day);
    find("#data-date").textContent = navigator.onLine ? day : fill(words.offline, { day });
  }

  function makeMap() {
    return locatorMap.make({
      settings, stations: state.stations,
      districts: state.file.districts, onLocate: locate,
      onTap: (lonlat) => lookFrom(lonlat, "from_map"),
      about: (station) => {
        const said = stateOf(station, departure());
        const then = arrivalOf(station, departure(), arrival(station)).says;
        const lines = [said.says, state.here ? timeWords(station) : "", then];
        return { mark: said.mark, lines, go: goTo(station), page: pageOf(station) };
      },
    }).then(async (map) => {
      state.map = map;
      map.show(state.found.slice(0, FIRST_MARKS), state);
      if (state.here) map.showHere(state.here, state.found);
      await nextFrame();
      if (reach.roads()) map.drawRoads(reach.roads());
      map.show(state.found, state);
      ready("map");
      performance.mark("yizhan-markers");
    });
  }

  // ---- start ----
  function bind() {
    find("#locate").addEventListener("click", locate);
    find("#more").addEventListener("click", () => { state.shown += 10; showList(); });
    find("#search").addEventListener("input", () => (state.names ? showFound() : wantNames().catch(showFound)));
    find("#search-open").addEventListener("click", () => {
      const box = find("#search-box");
      if (box.hidden) { openSearch(); find("#search").focus(); return; }
      box.hidden = true;
      find("#search-open").setAttribute("aria-expanded", "false");
    });
    for (const choice of all('input[name="mode"]')) {
      choice.addEventListener("change", () => {
        state.mode = choice.value;
        state.modeChosen = true;
        offerTruck();
        keepChoices(); // who leaves the page while ways are searched has chosen all the same
        measure().then(changed);
      });
    }
    leaving.bind(find("#leave"), state, words, changed);
    for (const name of ["group", "kind"]) {
      find(`#${name}`).addEventListener("change", (event) => {
        state[name] = event.target.value;
        if (name !== "group") { changed(); return; }
        goAsGroup();
        keepChoices();
        measure().then(changed);
      });
    }
    for (const chip of all("button[data-filter]")) {
      chip.addEventListener("click", () => {
        state[chip.dataset.filter] = !state[chip.dataset.filter];
        changed();
      });
    }
    for (const chip of all("button[data-facility]")) {
      chip.addEventListener("click", () => {
        const { facility } = chip.dataset;
        if (!state.facilities.delete(facility)) state.facilities.add(facility);
        changed();
      });
    }
    addEventListener("offline", showDay);
    addEventListener("online", () => { showDay(); askAgain(); });
    document.addEventListener("visibilitychange", comeBack);
    addEventListener("pageshow", ({ persisted }) => { if (persisted) comeBack(); });
    setInterval(passTime, MINUTE_MS);
  }

  function passTime() {
    if (document.hidden) return;
    leaving.offer(find("#leave"), state, words);
    showDay();
    renew();
  }

  /* Stations are kept on their own pages. */
  function recallKept() {
    state.favourites = favourites.all();
    find('[data-filter="kept"]').hidden = !state.favourites.size;
  }

  /* Who comes back to the page reads what is so now: the clock's, what was kept, the newest data. */
  function comeBack() {
    if (!document.hidden) recallKept();
    passTime();
    if (!document.hidden && Date.now() - state.askedAt > MINUTE_MS) askAgain();
  }

  async function start() {
    try { await take(settings.stations); } catch { say(words.no_answer); return; }
    locatorMap.prepare(settings).catch(() => {}); // all that the list needs has come
    find("#pages")?.remove();
    for (const hidden of all("[data-with-script]")) hidden.hidden = false;
    recallChoices();
    recallKept();
    bind();
    showList();
    ready("list");
    performance.mark("yizhan-list");
    await nextFrame();
    await makeMap().catch(() => { find(".locator-map").hidden = true; });
    (window.requestIdleCallback || setTimeout)(() => askNow().then(() => offline.start()).then(() => ready("offline"))
      .catch(() => {}));
  }

  start();
})();
