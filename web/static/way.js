/* The way to one place over the pocket roads: its line, its length, and its steps by the names of streets. */
"use strict";

const way = (() => {
  const TURN_DEGREES = 35; // from here on a bend into another street is a turn
  const LEAST_M = 15; // shorter pieces of another name belong to the street before

  /* The points of an arc between two shares of its length, in the direction of the arc. */
  function points(roads, arc, from, to) {
    const edge = arc >> 1;
    const [low, high] = [roads.lineStart[edge], roads.lineStart[edge + 1] - 1];
    const whole = [];
    for (let i = low; i <= high; i += 1) whole.push([roads.pointLon[i], roads.pointLat[i]]);
    if (arc & 1) whole.reverse();
    const lengths = whole.slice(1).map((point, i) => ways.metresBetween(whole[i], point));
    const total = lengths.reduce((sum, one) => sum + one, 0);
    const cut = [];
    let gone = 0;
    const at = (i, metres) => {
      const share = lengths[i] > 0 ? (metres - gone) / lengths[i] : 0;
      return [0, 1].map((axis) => whole[i][axis] + share * (whole[i + 1][axis] - whole[i][axis]));
    };
    lengths.forEach((length, i) => {
      if (!cut.length && gone + length >= from * total) cut.push(at(i, from * total));
      if (cut.length && gone + length < to * total) cut.push(whole[i + 1]);
      if (gone <= to * total && gone + length >= to * total && cut.length) {
        cut.push(at(i, to * total));
        gone = Infinity; // the rest lies beyond
      }
      gone += length;
    });
    return cut;
  }

  /* {seconds, metres, line, steps: [{name, metres, turn}]}; a turn is "", "left", "right" or "on". null: no way. */
  function find(roads, here, there, mode, limitM) {
    const ties = roads.tie([there], mode, limitM);
    const found = roads.searchFrom(here, ties, { limitM, trace: true });
    if (!found || !(found.best[0] < Infinity)) return null;
    const parts = partsOf(found, ties.snaps[0]);
    const pieces = parts.map(([arc, from, to]) => ({ name: roads.name[arc >> 1], line: points(roads, arc, from, to) }));
    return { seconds: found.best[0], line: pieces.flatMap(({ line }) => line), ...stepsOf(roads, pieces) };
  }

  /* The arcs of the way, each with the shares of it that are gone. */
  function partsOf({ search, origin: [edge, share] }, [last, end]) {
    if (!search.last) {
      return [end >= share ? [2 * edge, share, end] : [2 * edge + 1, 1 - share, 1 - end]];
    }
    const arcs = search.arcsTo(search.last.state);
    const parts = arcs.map((arc, i) => [arc, i || arc >> 1 !== edge ? 0 : arc & 1 ? 1 - share : share, 1]);
    const { arc } = search.last;
    if (arc >= 0) parts.push([arc, 0, arc & 1 ? 1 - end : end]);
    return parts;
  }

  const bearing = ([lonA, latA], [lonB, latB]) =>
    (Math.atan2((lonB - lonA) * Math.cos((latA * Math.PI) / 180), latB - latA) * 180) / Math.PI;

  function stepsOf(roads, pieces) {
    const steps = [];
    let metres = 0;
    let heading = null;
    for (const { name, line } of pieces) {
      const length = line.slice(1).reduce((sum, point, i) => sum + ways.metresBetween(line[i], point), 0);
      metres += length;
      if (line.length < 2 || !(length > 0)) continue;
      const begins = bearing(line[0], line[1]);
      const bend = heading === null ? 0 : ((begins - heading + 540) % 360) - 180;
      heading = bearing(line[line.length - 2], line[line.length - 1]);
      const step = steps[steps.length - 1];
      if (step && (step.number === name || (length < LEAST_M && Math.abs(bend) < TURN_DEGREES))) step.metres += length;
      else {
        steps.push({
          number: name, name: name ? roads.head.names[name - 1] : "", metres: length,
          turn: !step ? "" : Math.abs(bend) < TURN_DEGREES ? "on" : bend < 0 ? "left" : "right",
        });
      }
    }
    return { metres, steps: steps.map(({ name, metres: long, turn }) => ({ name, metres: long, turn })) };
  }

  /* The names of the streets of a car's way on which no truck may go, each once, in their order; a nameless one
     is "". A street is closed by a limit of height or weight, by a sign, or for most of the day. */
  function barred(roads, here, there, limitM) {
    if (!roads.modes.includes("truck") || !roads.modes.includes("car")) return [];
    const ties = roads.tie([there], "car", limitM);
    const found = roads.searchFrom(here, ties, { limitM, trace: true });
    if (!found || !(found.best[0] < Infinity)) return [];
    const parts = partsOf(found, ties.snaps[0]);
    const { cost, lost } = roads.graph("truck");
    const closed = parts.filter(([arc], place) => !(cost[arc] < Infinity)
      || (place < parts.length - 1 && lost[roads.headOf(arc)] < 0));
    return [...new Set(closed.map(([arc]) => roads.name[arc >> 1]))].map((name) => (name ? roads.head.names[name - 1] : ""));
  }

  return { find, barred };
})();
