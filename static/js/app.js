/* Small comforts on top of pages that work without it. No dependency; runs in browsers from about 2018. */
(function () {
  "use strict";

  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (selector, root) => (root || document).querySelector(selector);

  /* A form is sent once. Buttons come back when the page is shown again or nothing happened. */
  function lockOnSubmit() {
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (event.defaultPrevented || form.method !== "post") return;
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      const buttons = all("button[type=submit], button:not([type])", form);
      /* after this turn, so that the pressed button's name and value still travel */
      setTimeout(() => buttons.forEach((button) => { button.disabled = true; }), 0);
      const release = () => {
        delete form.dataset.sent;
        buttons.forEach((button) => { button.disabled = false; });
      };
      setTimeout(release, 8000);
      window.addEventListener("pageshow", release, { once: true });
    });
  }

  /* <a href="/x/cancel" data-confirm="…"> and <button data-confirm="…">: ask in a dialog instead of on a page. */
  function confirmInDialog() {
    const dialog = one("#confirm-dialog");
    if (!dialog || !dialog.showModal) return;
    const form = one("form", dialog);
    let waiting = null;
    document.addEventListener("click", (event) => {
      const target = event.target.closest("[data-confirm]");
      if (!target || target.dataset.confirmed) return;
      event.preventDefault();
      waiting = target;
      one("[data-confirm-text]", dialog).textContent = target.dataset.confirm;
      if (target.href) form.action = target.href;
      dialog.showModal();
    });
    one("[data-confirm-no]", dialog).addEventListener("click", () => dialog.close());
    form.addEventListener("submit", (event) => {
      if (!waiting || waiting.href) return;
      event.preventDefault();
      event.stopPropagation();
      dialog.close();
      waiting.dataset.confirmed = "1";
      waiting.click();
      delete waiting.dataset.confirmed;
    });
  }

  function closeDrops() {
    document.addEventListener("click", (event) => {
      all("details.drop[open]").forEach((drop) => { if (!drop.contains(event.target)) drop.open = false; });
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      all("details.drop[open]").forEach((drop) => { drop.open = false; one("summary", drop).focus(); });
    });
  }

  /* Open in the markup (so it works without us); closed on a phone unless a filter is set. */
  function foldFilters() {
    const phone = window.matchMedia("(max-width: 767.98px)");
    const fold = () => all("[data-filter-bar]").forEach((bar) => { bar.open = !phone.matches; });
    fold();
    if (phone.addEventListener) phone.addEventListener("change", fold);
  }

  function batchSelect(form) {
    const bar = one("[data-batch-bar]", form);
    const head = one("[data-batch-all]", form);
    const items = all("[data-batch-item]", form);
    if (!bar) return;
    const show = () => {
      const chosen = items.filter((item) => item.checked).length;
      one("[data-batch-count]", bar).textContent = chosen;
      all("button", bar).forEach((button) => { button.disabled = chosen === 0; });
      if (!head) return;
      head.checked = chosen > 0 && chosen === items.length;
      head.indeterminate = chosen > 0 && chosen < items.length;
    };
    if (head) {
      head.addEventListener("change", () => {
        items.forEach((item) => { item.checked = head.checked; });
        show();
      });
    }
    items.forEach((item) => item.addEventListener("change", show));
    show();
  }

  /* <button data-add-row="row-set id" hidden>, a <template data-row-template> inside that set, Django's TOTAL_FORMS. */
  function addRows(button) {
    const set = document.getElementById(button.dataset.addRow);
    const template = set && one("template[data-row-template]", set);
    const total = set && one("input[name$='-TOTAL_FORMS']", set.closest("form"));
    if (!template || !total) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const index = Number(total.value);
      const holder = document.createElement("div");
      holder.innerHTML = template.innerHTML.replace(/__prefix__/g, String(index));
      const row = holder.firstElementChild;
      set.insertBefore(row, template);
      total.value = index + 1;
      const field = one("input:not([type=hidden]), select, textarea", row);
      if (field) field.focus();
    });
  }

  function printButtons() {
    all("[data-print]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    });
  }

  /* Whoever is typing is not away: the session must not end under a long record. */
  function staySignedIn() {
    const address = document.body.dataset.touch;
    const token = one("input[name=csrfmiddlewaretoken]");
    let typed = false;
    if (!address || !token || !window.fetch) return;
    document.addEventListener("input", () => { typed = true; });
    setInterval(() => {
      if (typed) fetch(address, { method: "POST", headers: { "X-CSRFToken": token.value } }).catch(() => {});
      typed = false;
    }, 240000);
  }

  lockOnSubmit();
  staySignedIn();
  confirmInDialog();
  closeDrops();
  foldFilters();
  printButtons();
  all("form[data-batch]").forEach(batchSelect);
  all("[data-add-row]").forEach(addRows);
  const errors = one("[data-form-errors]");
  if (errors) errors.focus();
})();
