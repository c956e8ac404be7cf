/* A page of a case looks for news by itself. Only what changed is exchanged, and said, so nobody loses their place; nothing is asked
   while nobody looks. Without this the page has a link that does the same. */
(function () {
  "use strict";

  const LOOK_MS = 120_000;
  const shown = document.querySelector("[data-fresh]");
  const announcer = document.getElementById("announcer");
  if (!shown) return;

  async function look() {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-fresh]");
    if (!fresh || fresh.innerHTML === shown.innerHTML) return;
    shown.replaceChildren(...fresh.childNodes);
    document.title = page.title;
    if (announcer) announcer.textContent = announcer.dataset.freshText;
  }

  setInterval(() => {
    if (!document.hidden) look().catch(() => {});
  }, LOOK_MS);
})();
