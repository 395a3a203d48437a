/* What this phone reported and what was answered; a proposal, with a place that is tapped on the map or without one. */
"use strict";

(() => {
  const settings = JSON.parse(document.getElementById("feedback-settings").textContent);
  const { words } = settings;
  const find = (selector) => document.querySelector(selector);
  const fill = (sentence, values) =>
    sentence.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
  let place = null;
  let isOutside = false;
  let map = null;

  // ---- tickets ----
  async function ask(number) {
    let answer;
    try { answer = await fetch(`/api/tickets/${encodeURIComponent(number)}`); } catch { return { says: words.no_network }; }
    if (!answer.ok) return { says: words.no_ticket };
    const told = await answer.json();
    return { says: words.states[told.state] || told.state, answer: told.answer };
  }

  function item({ ticket, label, day }) {
    const made = yizhan.element("li");
    made.append(yizhan.element("b", ticket || words.waiting, "ticket"), " ", yizhan.element("span", label));
    if (day) made.append(" ", yizhan.element("small", day));
    return made;
  }

  function showTickets() {
    const kept = reportQueue.tickets();
    const items = [...reportQueue.waiting().map(({ label }) => item({ label })), ...kept.map(item)];
    find("#tickets").replaceChildren(...(items.length ? items : [yizhan.element("li", words.no_tickets, "quiet")]));
    kept.slice(0, 10).forEach(async (one, row) => {
      const { says, answer } = await ask(one.ticket);
      const target = find("#tickets").children[row + items.length - kept.length];
      target?.append(yizhan.element("p", says, "quiet"), ...(answer ? [yizhan.element("p", answer, "answer-text")] : []));
    });
  }

  async function lookUp(event) {
    event.preventDefault();
    const number = find("#ticket-number").value.trim();
    if (!number) return;
    const { says, answer } = await ask(number);
    find("#ticket-said").textContent = [says, answer].filter(Boolean).join(" · ");
  }

  // ---- a proposal ----
  async function propose(event) {
    event.preventDefault();
    const said = find("#propose-said");
    const name = find("#propose-name").value.trim();
    const text = find("#propose-text").value.trim();
    if (!name) {
      said.textContent = words.name_needed;
      find("#propose-name").focus();
      return;
    }
    if (isOutside) { said.textContent = words.outside; find("#map").focus(); return; }
    const [lon, lat] = (place || []).map((degrees) => Number(degrees.toFixed(4)));
    const where = place && { lon, lat };
    const outcome = await reportQueue.add("/api/proposals", { ...where, name, ...(text && { text }) }, name);
    if (outcome.state === "refused") { said.textContent = fill(words.refused, outcome); return; }
    said.textContent = outcome.state === "sent" ? fill(words.proposed, outcome) : words.queued;
    find("#propose").reset();
    place = null;
    showTickets();
  }

  async function makeMap() {
    map = await locatorMap.make({
      settings, stations: [], about: () => ({}),
      onTap: (lonlat) => {
        const [lon, lat] = lonlat;
        const [left, bottom, right, top] = settings.city_box;
        const inside = lon >= left && lon <= right && lat >= bottom && lat <= top;
        place = inside ? lonlat : null;
        isOutside = !inside;
        if (inside) map.showHere(lonlat, null);
        find("#propose-place-said").textContent = inside ? words.place_taken : words.outside;
      },
    });
    const now = await (await fetch(settings.now)).json();
    if (!now.roads || now.roads_large) { map.drawPlain(); return; }
    await locatorMap.prepareRoads(settings);
    map.drawRoads(Pocket.unpack(await (await fetch(now.roads)).arrayBuffer()));
  }

  for (const hidden of document.querySelectorAll("[data-with-script]")) hidden.hidden = false;
  find("#ticket-form").addEventListener("submit", lookUp);
  find("#propose").addEventListener("submit", propose);
  addEventListener("yizhan-delivered", showTickets);
  showTickets();
  makeMap().catch(() => {});
})();
