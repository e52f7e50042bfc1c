/* Keeps the code on the screen fresh and the list beside it current. Without it the page reloads itself. */
(function () {
  "use strict";

  const live = document.querySelector("[data-check-in]");
  if (!live || !window.fetch || !window.DOMParser) return;

  function look() {
    fetch(window.location.href, { credentials: "same-origin" })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(answer.status)))
      .then((text) => {
        const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-check-in]");
        if (fresh) live.replaceChildren(...fresh.childNodes);
      })
      .catch(() => {});
  }

  setInterval(look, Number(live.dataset.checkIn) * 1000);
})();
