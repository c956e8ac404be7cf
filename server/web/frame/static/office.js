/* What the office's pages do by themselves beyond htmx: mark and announce what is new, show whether the line is up. */
(function () {
  "use strict";

  const keysOf = (root) => new Set(Array.from(root.querySelectorAll("[data-key]"), (item) => item.dataset.key));

  function announce(text) {
    const place = document.getElementById("announcer");
    if (place) place.textContent = text;
  }

  /* Rows that were not there before the swap are marked and announced to screen readers. */
  const MARKED_MS = 6000;
  const arrived = new Map();
  let before = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    before = event.target.matches("[data-watch-new]") ? keysOf(event.target) : null;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (before === null || !event.target.matches("[data-watch-new]")) return;
    for (const item of event.target.querySelectorAll("[data-key]")) {
      /* A second swap soon after (its pictures came in) must not take the mark away. */
      item.classList.toggle("is-new", arrived.get(item.dataset.key) > Date.now());
      if (before.has(item.dataset.key)) continue;
      arrived.set(item.dataset.key, Date.now() + MARKED_MS);
      item.classList.add("is-new");
      announce(event.target.dataset.newText.replace("{}", item.querySelector("strong")?.textContent ?? ""));
    }
    before = null;
  });

  function line(on) {
    for (const mark of document.querySelectorAll("[data-live]")) {
      mark.toggleAttribute("data-on", on);
      mark.textContent = on ? mark.dataset.on_text : mark.dataset.off_text;
    }
  }
  document.addEventListener("htmx:sseOpen", () => line(true));
  document.addEventListener("htmx:sseError", () => line(false));

  /* A shown date picker or a form being filled is never swapped away under somebody's hands. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    const busy = event.target.querySelector?.("input:focus, textarea:focus, select:focus, input:checked, details[open]");
    if (busy && event.detail.requestConfig.verb === "get") event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = document.querySelector('[data-shortcut="/"]');
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  /* On a phone a role's places may be wider than the screen: the one where somebody is stands in sight. */
  const here = document.querySelector(".rail nav a[aria-current]");
  const places = here?.closest("ul");
  if (places) places.scrollLeft = here.offsetLeft - (places.clientWidth - here.offsetWidth) / 2;

  /* Pages look for news by themselves, which says nothing of whoever sits before them. Hands do; and where none
     were for long, the page goes, with what it shows. */
  const LOOK_MS = 60_000;
  let hands = false;
  for (const kind of ["keydown", "pointerdown", "wheel"]) {
    document.addEventListener(kind, () => (hands = true), { passive: true, capture: true });
  }
  setInterval(async () => {
    const path = hands ? "/here/somebody" : "/here";
    hands = false;
    const answer = await fetch(path, { cache: "no-store" }).catch(() => null);
    if (!answer?.redirected) return;
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }, LOOK_MS);

  /* The pictogram that is chosen by its name is shown beside it. */
  for (const select of document.querySelectorAll("[data-pictogram]")) {
    select.addEventListener("change", () => {
      select.parentElement.querySelector("use").setAttribute("href", `#pictogram-${select.value}`);
    });
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => window.print());
  }
})();
