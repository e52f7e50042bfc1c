/* The attendance cards: sums that follow every change, and a pasted list of who was not there. */
(function () {
  "use strict";

  const grid = document.querySelector("[data-attendance]");
  if (!grid) return;
  const cards = Array.from(grid.querySelectorAll("[data-person]"));
  /* The voters needed, by how many of those left out of the count came all the same; the server knows the rule. */
  const quorums = (grid.dataset.quorums || "").split(" ").filter(Boolean).map(Number);
  const sums = document.querySelector("[data-attendance-sum]");
  const select = (card) => card.querySelector("[data-person-status]");
  const chosen = (card) => select(card).selectedOptions[0];
  const group = (card) => chosen(card).dataset.group;
  const has = (card, flag) => flag in card.dataset;

  /* One decimal, never rounded up; a dash for nothing: as meetings/rates.py says it. */
  function percent(part, whole) {
    if (!whole) return "\u2014";
    const tenths = Math.floor((part * 1000) / whole);
    return Math.floor(tenths / 10) + "." + (tenths % 10) + "%";
  }

  function count() {
    const here = cards.filter((card) => group(card) === "present");
    const base = cards.filter((card) => !has(card, "exempt"));
    const counted = (how) => (card) => card.dataset.counted === how;
    const mayCome = here.filter(counted("here")).length;
    const baseHere = base.filter((card) => group(card) === "present");
    return {
      expected: cards.length,
      present: here.length,
      excused: cards.filter((card) => group(card) === "excused").length,
      absent: cards.filter((card) => group(card) === "absent").length,
      base: base.length,
      base_present: baseHere.length,
      rate: percent(baseHere.length, base.length),
      voters: cards.filter(counted("always")).length + mayCome,
      voters_present: here.filter((card) => has(card, "voter")).length,
      needed: quorums[mayCome],
    };
  }

  function show() {
    cards.forEach((card) => {
      ["present", "excused", "absent", "exempt"].forEach((name) => {
        card.classList.toggle("is-" + name, group(card) === name);
      });
    });
    if (!sums) return;
    const now = count();
    Object.keys(now).forEach((key) => {
      const place = sums.querySelector('[data-sum="' + key + '"]');
      if (place) place.textContent = now[key];
    });
    if (!quorums.length) return;
    const short = now.voters_present < now.needed;
    sums.classList.toggle("is-short", short);
    sums.querySelector('[data-verdict="ok"]').hidden = short;
    sums.querySelector('[data-verdict="short"]').hidden = !short;
  }

  /* "张三 病假、李四 出差" → [["张三", "病假"], ["李四", "出差"]]; the longest known name at the start wins. */
  function parse(text) {
    const names = cards.map((card) => card.dataset.person).sort((a, b) => b.length - a.length);
    return text.split(/[\u3001\uff0c,\uff1b;\u3002\n\r]+/).map((piece) => piece.trim()).filter(Boolean).map((piece) => {
      const name = names.find((known) => piece.indexOf(known) === 0);
      if (!name) return [piece, null];
      return [name, piece.slice(name.length).replace(/^[\s:\uff1a(\uff08\-\u2014]+|[)\uff09\s]+$/g, "")];
    });
  }

  /* The option whose words stand in the reason; else the first excuse (or the first absence without a reason). */
  function optionFor(card, reason) {
    const options = Array.from(select(card).options);
    const said = options.find((option) => reason && reason.indexOf(option.text) !== -1);
    const kind = reason ? "excused" : "absent";
    return said || options.find((option) => option.dataset.group === kind);
  }

  function mark(card, reason) {
    const option = optionFor(card, reason);
    if (option) select(card).value = option.value;
    if (option && option.text === reason) return;
    const field = card.querySelector(".person-reason select, .person-reason input:not([type=hidden])");
    if (!field || !reason) return;
    if (field.tagName === "INPUT") { field.value = reason; return; }
    const match = Array.from(field.options).find((entry) => entry.text && reason.indexOf(entry.text) !== -1);
    if (match) field.value = match.value;
  }

  function usePaste(box) {
    const area = box.querySelector("textarea");
    const result = box.querySelector("[data-paste-result]");
    const button = box.querySelector("[data-paste-apply]");
    box.hidden = button.hidden = false;
    button.addEventListener("click", () => {
      const unknown = [];
      const marked = [];
      parse(area.value).forEach((entry) => {
        const found = cards.filter((card) => card.dataset.person === entry[0]);
        if (entry[1] === null || found.length !== 1) { unknown.push(entry[0]); return; }
        mark(found[0], entry[1]);
        marked.push(entry[0]);
      });
      const words = [];
      if (marked.length) words.push(result.dataset.marked + " " + marked.join(result.dataset.comma));
      if (unknown.length) words.push(result.dataset.unknown + " " + unknown.join(result.dataset.comma));
      result.textContent = words.join(" · ");
      /* what is marked on its card need not be read again by the server */
      area.value = unknown.join("、");
      show();
    });
  }

  grid.addEventListener("change", show);
  /* A tap anywhere on the card opens the choice. */
  grid.addEventListener("click", (event) => {
    const name = event.target.closest(".person-name");
    if (!name) return;
    const target = select(name.closest("[data-person]"));
    if (!target.showPicker) return;
    event.preventDefault();
    target.focus();
    try { target.showPicker(); } catch (error) { /* not allowed here: focus is enough */ }
  });
  const box = document.querySelector("[data-paste]");
  if (box) usePaste(box);
  show();
})();
