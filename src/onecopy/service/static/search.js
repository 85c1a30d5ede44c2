// Searching by a picture: drop it or paste it, see it before it is sent. The form works without this, too.

const form = document.getElementById("picture-form");
const drop = form.querySelector("[data-drop]");
const input = form.elements.file;
const preview = form.querySelector(".preview");
const status = form.querySelector("[data-status]");

form.querySelector("[data-invites]").hidden = false;

function take(files) {
  if (!files?.length) return;
  const one = new DataTransfer();
  one.items.add(files[0]);
  input.files = one.files;
  show();
}

function show() {
  if (preview.src) URL.revokeObjectURL(preview.src);
  preview.removeAttribute("src");
  preview.hidden = true;
  const file = input.files[0];
  if (file && /^image\/(jpeg|png|webp|gif|avif|bmp)$/.test(file.type)) preview.src = URL.createObjectURL(file);
}

preview.addEventListener("load", () => { preview.hidden = false; });
input.addEventListener("change", show);
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", (event) => {
  if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
});
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => take(event.clipboardData.files));
form.addEventListener("submit", () => { status.textContent = status.dataset.looking; });
document.querySelector("[data-result]")?.focus();

// A picture that cannot be shown leaves its place as it is where there is none.
for (const picture of document.querySelectorAll("img.thumb")) {
  picture.addEventListener("error", () => picture.replaceWith(Object.assign(document.createElement("span"), { className: "thumb" })));
}
