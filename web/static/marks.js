/* What every page with stations shares: elements and marks. Nothing that comes from data is ever parsed as
   HTML: names are set as text, shapes come from the page's own sprite. */
"use strict";

const yizhan = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const STATES = new Set(["open", "soon", "planned", "suspended", "closed", "unknown"]);
  const OVERLAYS = { suspended: "mark-bar", soon: "mark-soon", planned: "mark-plus" };
  const SIZES = ["", "mark-number", "mark-number two", "mark-number three"]; // by its signs
  const HELD = new Set([1, 2, 3, 4, "all"]); // by which scenario alone, or by all of them
  const shared = { map: null, sites: new Map(), covered: new Map(), words: {} };

  const token = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined && text !== null) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function use(id) {
    const made = document.createElementNS(SVG, "use");
    made.setAttribute("href", `#${id}`);
    return made;
  }

  /* The symbol of a kind in the page's sprite, which knows the kinds; another is a station's. */
  function symbol(kind) {
    const found = document.getElementById(`mark-${String(kind).replaceAll("_", "-")}`);
    return found && found.dataset.size ? found : document.getElementById("mark-station");
  }

  const markSize = (kind) => Number(symbol(kind).dataset.size);

  function mark({ kind, state, number, amber, held }) {
    const known = symbol(kind).id.slice("mark-".length);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", `mark kind-${known} state-${STATES.has(state) ? state : "unknown"}`);
    svg.append(use(`mark-${known}`));
    if (OVERLAYS[state]) svg.append(use(OVERLAYS[state]));
    if (amber) svg.append(use("mark-amber"));
    if (number) {
      svg.classList.add("proposed");
      if (HELD.has(held)) svg.classList.add(`held-${held}`);
      const text = document.createElementNS(SVG, "text");
      text.setAttribute("class", SIZES[Math.min(String(number).length, 3)]);
      text.setAttribute("x", "12");
      text.setAttribute("y", "12");
      text.textContent = number;
      svg.append(text);
    }
    return svg;
  }

  return { shared, token, element, symbol, mark, markSize };
})();
