// The desk: the viewer, the keys, what others do meanwhile, and the pictures of what comes next.

import * as keys from "./keys.js";
import { follow } from "./live.js";
import { Viewer } from "./viewer.js";

for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;
for (const root of document.querySelectorAll(".viewer[data-pair]")) {
  if (root.querySelectorAll(".port img").length === 2) {
    root.classList.add("live");
    new Viewer(root);
  }
}

// The filter is at hand where there is room for it.
const filter = document.querySelector(".filter-box");
if (filter && matchMedia("(min-width: 68rem)").matches) filter.open = true;

const dialog = document.getElementById("keys");
for (const button of document.querySelectorAll("[data-opens=keys]")) {
  button.addEventListener("click", () => dialog.showModal());
}
const box = dialog?.querySelector("[data-keys-on]");
if (box) {
  box.checked = keys.on();
  box.addEventListener("change", () => keys.switchTo(box.checked));
}

// Q goes to the note first: a question to a colleague without words helps nobody.
const note = document.getElementById("note");
if (note) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "q" || event.target !== document.body || !keys.on()) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    note.closest("details").open = true;
    note.focus();
    event.preventDefault();
  });
}

// In a group, what is ticked goes along to the next picture; a note does in any case.
for (const link of document.querySelectorAll("[data-beside]")) {
  link.addEventListener("click", () => {
    const address = new URL(link.href);
    for (const name of ["keep", "apart"]) {
      address.searchParams.delete(name);
      for (const input of document.querySelectorAll(`[name=${name}]:checked`)) {
        for (const position of input.value.split(" ")) address.searchParams.append(name, position);
      }
    }
    link.href = address;
  });
}
if (note) {
  const name = `onecopy-note ${location.pathname}`;
  note.value ||= sessionStorage.getItem(name) ?? "";
  note.addEventListener("input", () => sessionStorage.setItem(name, note.value));
  note.form.addEventListener("submit", () => sessionStorage.removeItem(name));
}

const page = document.querySelector("[data-live]");
if (page) follow(page);

// The pictures of the next questions, once those of this one are there.
addEventListener("load", () => {
  for (const address of page?.dataset.ahead?.split(" ") ?? []) if (address) new Image().src = address;
});
