// One key for everything that has data-key. Single keys can be switched off (WCAG 2.1.4), and never act while
// somebody types or chooses; with Ctrl, Alt or the command key they stay the browser's.

const OFF = "onecopy-keys-off";

const types = (target) =>
  target.isContentEditable || target.closest("textarea, select, input:not([type=radio], [type=checkbox], [type=range])");

export function on() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}

export function switchTo(value) {
  try {
    if (value) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  } catch {
    // A browser that keeps nothing keeps the keys as they are.
  }
}

function wanted(event) {
  const open = document.querySelector("dialog[open]");
  const names = [event.key, event.key.toLowerCase()];
  for (const element of (open ?? document).querySelectorAll("[data-key]")) {
    const named = element.dataset.key.split(" ").some((key) => names.includes(key === "Space" ? " " : key));
    if (named && !element.disabled && element.getClientRects().length) return element;
  }
  return null;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (types(event.target) || event.isComposing) return;
  // These keys belong to whatever has the focus.
  if ([" ", "Enter"].includes(event.key) && event.target !== document.body) return;
  if (event.key.startsWith("Page") && event.target.matches("input")) return;
  if (!on() && event.key !== "?") return;
  const element = wanted(event);
  if (!element) return;
  event.preventDefault();
  if (element.matches("input[type=radio]")) {
    element.checked = true;
    element.dispatchEvent(new Event("change", { bubbles: true }));
  } else {
    element.click();
  }
});
