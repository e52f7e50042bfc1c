/* Watches a running import and shows the page again when it is finished. Without it a link reloads. */
(function () {
  "use strict";

  const box = document.querySelector("[data-job-progress]");
  if (!box || !window.fetch) return;
  const bar = box.querySelector("progress");
  let pause = 1000;

  function look() {
    fetch(box.dataset.jobProgress, { credentials: "same-origin", headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((job) => {
        if (job.finished) { window.location.reload(); return; }
        if (bar) bar.value = job.done;
        wait();
      })
      .catch(wait);
  }

  /* Slower with time: a long import does not need a question every second. */
  function wait() {
    pause = Math.min(pause * 1.2, 5000);
    setTimeout(look, pause);
  }

  setTimeout(look, pause);
})();
