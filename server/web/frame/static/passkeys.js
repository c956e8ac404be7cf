/* Passkeys: the browser's dialog answers the server's challenge, and its answer is sent like any form. Without them nothing
   is shown, and everything else on the page works as before. */
(function () {
  "use strict";

  const able = window.PublicKeyCredential?.parseRequestOptionsFromJSON && navigator.credentials;
  if (!able) return;

  const dialogs = {
    get: (options) =>
      navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
    create: (options) =>
      navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  };

  async function answer(form) {
    const asked = await fetch(form.dataset.options, {
      method: "POST",
      headers: { "X-CSRF-Token": form.elements.csrf.value },
      body: new URLSearchParams(),
      redirect: "error",
    });
    if (!asked.ok) throw new Error(String(asked.status));
    const made = await dialogs[form.dataset.passkey](await asked.json());
    form.elements.credential.value = JSON.stringify(made.toJSON());
    form.submit();
  }

  for (const form of document.querySelectorAll("[data-passkey]")) {
    const problem = form.querySelector("[data-passkey-problem]");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      problem.hidden = true;
      /* Also when somebody closes the dialog: then it can be tried again. */
      answer(form).catch(() => (problem.hidden = false));
    });
  }
})();
