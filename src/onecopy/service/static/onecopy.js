// What all pages have: the menu closes when somebody turns away, and a form is not sent twice.
// Pages work without this; it takes no words of its own (texts are in the page, in data- attributes).

for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}

// Where entries go beyond a narrow window, the current one is in it.
for (const current of document.querySelectorAll("nav [aria-current]")) {
  current.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
}

// Fields that send their form when they change, such as filters; the form keeps its button for everybody else.
for (const field of document.querySelectorAll("[data-sends]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

// Text to copy, such as a token that is shown once.
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies).textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
      document.getElementById(button.dataset.says).textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(document.getElementById(button.dataset.copies));
    }
  });
}

// Sent forms: a second press does nothing while the first is under way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});
