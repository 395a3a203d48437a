/* New contents without a jump under the finger: they wait until nobody touches the page, and what was read or
   had the focus stays where it was. */
"use strict";

const quiet = (() => {
  const REST_MS = 1500;
  const TOUCHES = ["pointerdown", "pointermove", "touchmove", "wheel", "keydown", "scroll"];
  let timer = null;
  let due = null;

  function touched() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      const act = due;
      due = null;
      act?.();
    }, REST_MS);
  }

  /* Act now, or once the reader has rested. */
  function whenStill(act) {
    if (timer === null) act(); else due = act;
  }

  const named = (list, id) => [...list.children].find(({ dataset }) => dataset.id === id);

  /* Put cards into a list; the one with the focus keeps it, the first in view keeps its place. */
  function replace(list, items, stay) {
    const at = document.activeElement;
    const held = list.contains(at) ? at.closest("[data-id]")?.dataset.id : null;
    const part = at.classList.contains("go") ? ".go" : "a";
    const passed = stay && list.getBoundingClientRect().top < 0;
    const seen = passed ? [...list.children].find((one) => one.dataset.id && one.getBoundingClientRect().bottom > 0) : null;
    const top = seen ? seen.getBoundingClientRect().top : 0;
    list.replaceChildren(...items);
    if (held) named(list, held)?.querySelector(part).focus({ preventScroll: true });
    const now = seen && named(list, seen.dataset.id);
    if (!now) return;
    const scrolled = list.parentElement.scrollTop > 0 ? list.parentElement : document.scrollingElement;
    scrolled.scrollTop += now.getBoundingClientRect().top - top;
  }

  for (const name of TOUCHES) addEventListener(name, touched, { capture: true, passive: true });

  return { whenStill, replace };
})();
