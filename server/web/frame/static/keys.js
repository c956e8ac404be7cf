/* The office by keys: rows, the next case, the search. Nothing happens while somebody types, and nothing here decides. */
(function () {
  "use strict";

  const help = document.getElementById("keys");
  const rows = () => Array.from(document.querySelectorAll(".case-row"));
  const busy = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const now = all.indexOf(document.activeElement?.closest("li")?.querySelector(".case-row"));
    const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + step));
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
  }

  function follow(name) {
    document.querySelector(`[data-key-goes="${name}"]`)?.click();
  }

  const acts = {
    j: () => move(1),
    k: () => move(-1),
    x: () => document.activeElement?.closest(".case-list li")?.querySelector("input[type=checkbox]")?.click(),
    n: () => follow("n"),
    u: () => follow("u"),
    "?": () => help?.showModal(),
    "+": () => follow("+"),
    "-": () => follow("-"),
    r: () => follow("r"),
    ArrowLeft: () => follow("ArrowLeft"),
    ArrowRight: () => follow("ArrowRight"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || busy(event.target) || help?.open) return;
    /* Arrows scroll where there is no picture to go to. */
    if (!acts[event.key] || (event.key.startsWith("Arrow") && !document.querySelector(`[data-key-goes="${event.key}"]`))) return;
    event.preventDefault();
    acts[event.key]();
  });

  for (const button of document.querySelectorAll("[data-keys]")) {
    button.hidden = false;
    button.addEventListener("click", () => help?.showModal());
  }

  /* A filter takes effect as soon as it is chosen; without this there is its button. */
  for (const select of document.querySelectorAll("[data-submits]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
})();
