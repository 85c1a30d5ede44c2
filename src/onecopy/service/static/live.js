// What others do to questions, as it happens. The stream ends now and then and is opened again by the browser,
// which then asks for what it has not seen yet.

const OVER = ["answered", "withdrawn"];

export function follow(page) {
  const { me, question } = page.dataset;
  const source = new EventSource(page.dataset.live);
  source.addEventListener("change", (event) => {
    const change = JSON.parse(event.data);
    if (change.by === me && change.kind !== "opened") return;
    if (question) onDesk(change, question);
    else inList(change);
  });
  addEventListener("pagehide", () => source.close());
}

function onDesk(change, question) {
  if (change.question !== question || !OVER.includes(change.kind)) return;
  document.getElementById("elsewhere").hidden = false;
  for (const button of document.querySelectorAll("#answer button")) button.disabled = true;
}

function inList(change) {
  const row = document.querySelector(`[data-row="${CSS.escape(change.question)}"]`);
  if (OVER.includes(change.kind)) {
    count(-1);
    if (!row) return;
    const list = row.parentElement;
    const within = row.contains(document.activeElement);
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    if (within) next?.querySelector("h3 a")?.focus();
    if (!list.children.length) list.remove();
    const says = document.getElementById("live-says");
    says.textContent = "";
    says.textContent = says.dataset.answered;
  } else if (change.kind === "opened" || change.kind === "undone") {
    if (!row) document.getElementById("more-came").hidden = false;
  } else if (row && (change.kind === "claimed" || change.kind === "released" || change.kind === "assigned")) {
    const hands = row.querySelector("[data-hands]");
    hands.textContent = change.kind === "claimed" ? hands.dataset.by.replace("{name}", change.by ?? "") : "";
  }
}

function count(by) {
  const place = document.getElementById("count");
  const number = Math.max(0, Number(place.dataset.count) + by);
  place.dataset.count = String(number);
  const text = number === 1 ? place.dataset.one : place.dataset.many;
  place.textContent = text.replace("{n}", number.toLocaleString(document.documentElement.lang));
}
