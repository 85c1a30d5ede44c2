// The regions that differ: a frame with a number over each, and stepping from one to the next.

import { apply, bounds, corners } from "./geometry.js";

const AROUND = 4;
const MANY = 9; // from then on only the one that is looked at shows its number
const LABEL = 24; // pixels that a number needs above its frame; nothing that differs is under it

export class Marks {
  constructor(viewer) {
    this.viewer = viewer;
    this.at = -1;
    const { regions = [] } = viewer.pair;
    this.boxes = regions.map(({ a, b }) => corners(a ?? b).map((point) => (a ? point : apply(viewer.laid, point))));
    viewer.root.classList.toggle("many", regions.length > MANY);
    this.frames = viewer.ports.map((port) =>
      this.boxes.map((_, n) => {
        const frame = document.createElement("span");
        const label = document.createElement("span");
        label.textContent = String(n + 1);
        frame.className = "mark";
        frame.setAttribute("aria-hidden", "true");
        frame.append(label);
        port.append(frame);
        return frame;
      }),
    );
  }

  place(view) {
    this.boxes.forEach((box, n) => {
      const [x, y, width, height] = bounds(box.map((point) => apply(view, point)));
      for (const frames of this.frames) {
        const style = frames[n].style;
        frames[n].classList.toggle("below", y < LABEL);
        style.transform = `translate(${x - AROUND}px, ${y - AROUND}px)`;
        style.width = `${width + 2 * AROUND}px`;
        style.height = `${height + 2 * AROUND}px`;
      }
    });
  }

  step(by) {
    if (!this.boxes.length) return;
    this.show((this.at + by + this.boxes.length + (this.at < 0 && by < 0 ? 1 : 0)) % this.boxes.length);
  }

  show(n) {
    this.at = n;
    const { viewer } = this;
    for (const frames of this.frames) frames.forEach((frame, k) => frame.classList.toggle("at", k === n));
    for (const item of document.querySelectorAll("[data-region-item]")) {
      const here = Number(item.dataset.regionItem) === n;
      if (here) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
      if (here) viewer.say(item.dataset.says);
    }
    viewer.fit(bounds(this.boxes[n]));
  }

  toggle(button) {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    this.viewer.root.classList.toggle("unmarked", !shown);
  }

  hide(away) {
    this.viewer.root.classList.toggle("elsewhere", Boolean(away));
  }
}
