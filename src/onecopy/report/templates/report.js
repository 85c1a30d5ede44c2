// Filters, sorting and showing a page at a time. Without this script everything is listed and readable.
document.documentElement.classList.add("js");
addEventListener("DOMContentLoaded", () => {
  "use strict";
  const form = document.getElementById("filters");
  if (!form) return;
  const PAGE = 24;
  const status = document.getElementById("status");
  const lists = [...document.querySelectorAll("[data-list]")].map((list) => {
    const more = document.createElement("button");
    more.type = "button";
    more.className = "more";
    const none = document.createElement("p");
    none.textContent = "Nothing here matches the filter.";
    list.after(none, more);
    const entries = [...list.children];
    const view = { list, more, none, entries, ordered: entries, matching: entries, limit: PAGE, visible: new Set(), sort: "" };
    more.addEventListener("click", () => {
      const next = view.matching[view.limit];
      view.limit += PAGE;
      draw(view);
      next.tabIndex = -1;
      next.focus();
    });
    return view;
  });

  const text = new Map();
  const textOf = (entry) => {
    if (!text.has(entry)) {
      const names = [...entry.querySelectorAll(".path")].map((path) => path.textContent);
      text.set(entry, names.join("\n").toLowerCase());
    }
    return text.get(entry);
  };

  const collator = new Intl.Collator("en", { numeric: true });
  const number = (entry, key) => Number(entry.dataset[key]);
  const orders = {
    "": (a, b) => number(a, "order") - number(b, "order"),
    copies: (a, b) => number(b, "copies") - number(a, "copies") || orders[""](a, b),
    name: (a, b) => collator.compare(textOf(a), textOf(b)),
    confidence: (a, b) => number(a, "confidence") - number(b, "confidence") || orders[""](a, b),
  };

  const has = (entry, key, value) => !value || entry.dataset[key].split(" ").includes(value);

  function draw(view) {
    const visible = new Set(view.matching.slice(0, view.limit));
    for (const entry of view.visible) if (!visible.has(entry)) entry.classList.remove("shown");
    for (const entry of visible) entry.classList.add("shown");
    view.visible = visible;
    const left = view.matching.length - visible.size;
    view.more.hidden = left === 0;
    view.more.textContent = `Show ${Math.min(left, PAGE)} more of ${left.toLocaleString("en")}`;
    view.none.hidden = view.matching.length > 0;
  }

  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

  function apply() {
    const wanted = Object.fromEntries(new FormData(form));
    const needle = wanted.text.trim().toLowerCase();
    for (const view of lists) {
      if (view.sort !== wanted.sort) {
        view.sort = wanted.sort;
        view.ordered = [...view.entries].sort(orders[wanted.sort]);
        view.list.append(...view.ordered);
      }
      view.matching = view.ordered.filter(
        (entry) =>
          has(entry, "relations", wanted.relation) &&
          has(entry, "folders", wanted.folder) &&
          (!needle || textOf(entry).includes(needle)),
      );
      view.limit = PAGE;
      draw(view);
    }
    const found = Object.fromEntries(lists.map((view) => [view.list.dataset.list, view.matching.length]));
    status.textContent = `${count(found.groups ?? 0, "group", "groups")} of copies and ${count(found.pairs ?? 0, "related pair", "related pairs")}`;
  }

  // A link to one entry brings it into view even where it is on a later page.
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const view = lists.find((candidate) => candidate.entries.includes(target));
    if (!view || view.visible.has(target)) return;
    form.reset();
    // Only after the reset was applied, which happens in a turn of its own.
    setTimeout(() => {
      view.limit = Math.max(PAGE, view.matching.indexOf(target) + 1);
      draw(view);
      target.scrollIntoView();
    });
  }

  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 120);
  });
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", reveal);
  form.hidden = false;
  apply();
  for (const view of lists) view.list.classList.add("ready");
  reveal();
});
