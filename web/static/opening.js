/* Whether a station is open, by the clock of the phone and the intervals that came with it. Minutes
   count from 0:00 in China of the day `hours_from`. The words are those of web/labels/hours.py. */
"use strict";

const opening = (() => {
  const DAY = 1440;
  const SOON = 30;
  const WINDOW = 14 * DAY;

  const minuteOf = (day, moment) =>
    (moment.getTime() - Date.parse(`${day}T00:00:00+08:00`)) / 60000;

  /* {word, until, next, note}; word is open, closes_soon, closed or unknown; until and next are minutes
     or null; note is "unsettled", "unstated", "silent" or "". Before the first day and after the
     fourteenth nothing is known. */
  function state(properties, moment = new Date()) {
    const { hours_from: from, hours_intervals: spans } = properties;
    const minute = from ? minuteOf(from, moment) : -1;
    if (!spans || minute < 0 || minute >= WINDOW) {
      return { word: "unknown", until: null, next: null, note: "", minute };
    }
    const now = spans.find(([start, end]) => start <= minute && (end === null || minute < end));
    const after = spans.find(([start]) => start > minute);
    const today = Math.floor(minute / DAY);
    const days = [today, ...(now ? [Math.max(today, Math.floor(now[0] / DAY))] : []),
      ...(after ? [Math.floor(after[0] / DAY)] : [])];
    const unsettled = new Set(properties.hours_unsettled);
    const unknown = properties.hours_unknown || [];
    const lost = !now && unknown.includes(today);
    const opens = after && !lost ? Math.floor(after[0] / DAY) : today;
    const unstated = !now && unknown.some((day) => today <= day && day <= opens);
    const note = days.some((day) => unsettled.has(day)) ? "unsettled" : unstated ? "unstated"
      : (properties.hours_silent || []).includes(today) ? "silent" : "";
    if (!now) {
      const next = after && !lost ? after[0] : null;
      return { word: lost ? "unknown" : "closed", until: null, next, note, minute };
    }
    const soon = now[1] !== null && now[1] - minute <= SOON;
    return { word: soon ? "closes_soon" : "open", until: now[1], next: null, note, minute };
  }

  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (all, key) => values[key]);

  function when(at, minute, from, words, untilMidnight) {
    const days = Math.floor(at / DAY) - Math.floor(minute / DAY);
    const ofDay = at - Math.floor(at / DAY) * DAY;
    const hour = Math.floor(ofDay / 60);
    const clock = `${hour}:${String(ofDay % 60).padStart(2, "0")}`;
    if (days === 1 && ofDay === 0 && untilMidnight) return "24:00";
    if (days === 0) return clock;
    if (days === 1) {
      return fill(hour < 12 ? words.tomorrow_morning : hour < 18 ? words.tomorrow
        : words.tomorrow_evening, { clock });
    }
    const dateOf = (minutes) =>
      new Date(Date.parse(`${from}T00:00:00Z`) + Math.floor(minutes / DAY) * DAY * 60000);
    const date = dateOf(at);
    if (days < 7) return `${words.weekdays[(date.getUTCDay() + 6) % 7]} ${clock}`;
    const values = {
      clock, day: date.getUTCDate(), month: words.months[date.getUTCMonth()],
      year: date.getUTCFullYear(),
    };
    return fill(values.year === dateOf(minute).getUTCFullYear() ? words.date : words.date_of_year,
      values);
  }

  /* The sentence of a state, as state_words says it on the server. */
  function says(found, properties, words) {
    const { word, until, next, minute } = found;
    const from = properties.hours_from;
    if (word === "unknown") return words.unknown;
    if (word === "closed") {
      return next === null ? words.shut
        : fill(words.closed, { when: when(next, minute, from, words, false) });
    }
    if (until === null) return words.always;
    return fill(words[word], { when: when(until, minute, from, words, true) });
  }

  const note = (found, words) => (found.note ? words[found.note] : "");

  /* How a mark is drawn: a station that its register calls open by the hour, the others as they are. */
  const MARKS = { open: "open", closes_soon: "soon", closed: "closed", unknown: "unknown" };
  function markState(properties, moment) {
    if (properties.status && properties.status !== "open") return properties.status;
    if (!("hours_intervals" in properties)) return properties.state || "open";
    return MARKS[state(properties, moment).word];
  }

  /* A moment as it is said from another one: 21:00, tomorrow 4:00. */
  const momentWords = (at, { hours_from: from }, words, moment = new Date()) =>
    when(minuteOf(from, at), minuteOf(from, moment), from, words, false);

  /* What one finds who sets out at `leave` and comes at `arrive`: {word, minutes}. The word is "shut" (open
     now and no more then), "left" (so many minutes until it shuts), "wait" (so many until it opens), "opened"
     (shut now and open then), "still" (shut, and for longer), or "" where the state of now says it all. */
  function onArrival(properties, leave, arrive) {
    const now = state(properties, leave);
    const then = state(properties, arrive);
    const none = { word: "", minutes: 0 };
    if (now.word === "unknown" || then.word === "unknown") return none;
    if (then.word === "closed") {
      const wait = then.next === null ? Infinity : Math.ceil(then.next - then.minute);
      if (wait <= SOON) return { word: "wait", minutes: wait };
      return { word: now.word === "closed" ? "still" : "shut", minutes: 0 };
    }
    const left = then.until === null ? Infinity : Math.floor(then.until - then.minute);
    if (left <= SOON) return { word: "left", minutes: Math.max(1, left) };
    return now.word === "closed" ? { word: "opened", minutes: 0 } : none;
  }

  /* How long ago somebody checked a station. */
  function checked(properties, words, moment = new Date()) {
    const day = properties.checked_at;
    if (!day) return words.never;
    const days = Math.max(0, Math.floor(minuteOf(day, moment) / DAY));
    if (days === 0) return words.today;
    if (days === 1) return words.yesterday;
    if (days >= 731) return fill(words.years, { n: Math.floor(days / 365.25) });
    return days >= 61 ? fill(words.months_ago, { n: Math.floor(days / 30.44) })
      : fill(words.days, { n: days });
  }

  return { state, says, note, markState, onArrival, momentWords, checked };
})();
