/* The register's table by keyboard: arrows go from row to row, Space ticks, "/" goes to the search. */
"use strict";

(() => {
  const table = document.getElementById("register-table");
  const search = document.querySelector('.register-filter [name="text"]');
  const all = document.getElementById("tick-all");
  const ticks = table ? [...table.querySelectorAll('[name="station"]')] : [];
  const links = table ? [...table.querySelectorAll("tbody th a")] : [];

  function step(from, by) {
    const row = from.closest("tr");
    const at = links.findIndex((link) => link.closest("tr") === row);
    const next = links[at + by];
    if (!next) return;
    const tick = next.closest("tr").querySelector('[name="station"]');
    (from.name === "station" && tick ? tick : next).focus();
  }

  addEventListener("keydown", (event) => {
    const typing = event.target.matches('input:not([type="checkbox"]), select, textarea');
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
    }
    if (!event.target.closest("tbody")) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      step(event.target, by);
    }
  });

  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const tick of ticks) tick.checked = all.checked;
    });
  }
})();
