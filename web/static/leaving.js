/* When the reader sets out: now, in half an hour, or at the next of some hours in China. It is chosen for this
   visit and not kept: what was asked for last night says nothing of today. */
"use strict";

const leaving = (() => {
  const DAY_MS = 86400000;
  const CHINA_MS = 8 * 3600000;
  const SOON_MS = 30 * 60000;
  const HOURS = [22, 4];

  /* The next moment at which it is so many o'clock in China. */
  function next(hour, now = Date.now()) {
    const at = Math.floor((now + CHINA_MS) / DAY_MS) * DAY_MS - CHINA_MS + hour * 3600000;
    return at > now ? at : at + DAY_MS;
  }

  /* The moment of what was chosen; an hour that has come is now. */
  function moment(state, now = Date.now()) {
    if (state.leave === "soon") return now + SOON_MS;
    return state.leave === "now" ? now : Math.max(now, state.leaveAt);
  }

  const clockWords = (at, words) =>
    opening.momentWords(new Date(at), { hours_from: new Date().toISOString().slice(0, 10) }, words);

  const says = (state, words) => clockWords(moment(state), words);

  /* Say in the choice when each of its hours comes next. */
  function offer(select, state, { opening: words }) {
    if (HOURS.some((hour) => state.leave === String(hour)) && state.leaveAt <= Date.now()) {
      select.value = state.leave = "now";
    }
    for (const hour of HOURS) {
      const option = [...select.options].find(({ value }) => value === String(hour));
      if (state.leave !== option.value) option.textContent = clockWords(next(hour), words);
    }
    select.classList.toggle("chosen", state.leave !== "now");
  }

  function bind(select, state, words, changed) {
    select.addEventListener("change", () => {
      state.leave = select.value;
      state.leaveAt = Number(state.leave) ? next(Number(state.leave)) : 0;
      offer(select, state, words);
      changed();
    });
    offer(select, state, words);
  }

  return { next, moment, says, offer, bind };
})();
