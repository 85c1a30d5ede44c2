// Two pictures on one plane: A as it is, B laid onto it by the evidence's transform. All modes show the same
// plane through the same window, so that a place stays where it is from one mode to the next.

import { apply, bounds, corners, fitted, inverse, placed, times } from "./geometry.js";
import { listen } from "./gestures.js";
import { Layer } from "./layer.js";
import { Marks } from "./marks.js";
import { Pages } from "./paging.js";

const SLOWEST_BLINK = 400; // milliseconds from one picture to the other: well under three flashes a second
const EDGE = 2; // pixels at a picture's rim that are half outside of it, and differ for that alone
const quiet = matchMedia("(prefers-reduced-motion: reduce)");

export class Viewer {
  constructor(root) {
    this.root = root;
    this.pair = JSON.parse(root.dataset.pair);
    this.find = (selector) => root.querySelector(selector);
    this.ports = ["a", "b"].map((side) => this.find(`[data-pane="${side}"] .port`));
    this.layers = ["a", "b"].map((side, n) => new Layer(this.pair[side], this.ports[n].querySelector("img")));
    this.over = document.createElement("div");
    this.over.className = "over";
    this.blend = document.createElement("div");
    this.blend.className = "blend";
    this.blend.append(this.layers[0].element, this.over);
    this.ports[0].prepend(this.blend);
    this.ports[1].prepend(this.layers[1].element);
    this.laid = this.pair.transform ?? this.bySize();
    this.values = { swipe: 50, overlay: 50, difference: 3, blink: 1 };
    this.tones = { brightness: 100, contrast: 100 };
    this.turn = 0;
    this.marks = new Marks(this);
    this.pages = new Pages(this);
    this.mode = "side";
    this.listen();
    this.choose(this.find("[data-mode]:checked")?.value ?? "side");
    new ResizeObserver(() => this.resized()).observe(this.ports[0]);
    this.layers.forEach((layer, n) => this.watch(layer.base, this.ports[n]));
  }

  // Says so while a picture is on its way, and if it cannot be had.
  watch(image, port) {
    const wait = (how) => {
      for (const one of ["waits", "fails"]) port.classList.toggle(one, one === how);
    };
    if (!image.complete) wait("waits");
    else if (!image.naturalWidth) wait("fails");
    image.addEventListener("load", () => {
      wait(null);
      this.draw();
    });
    image.addEventListener("error", () => wait("fails"));
  }

  bySize() {
    const { a, b } = this.pair;
    return fitted([b.width, b.height], [a.width, a.height]);
  }

  listen() {
    const moves = {
      pan: (dx, dy) => this.pan(dx, dy),
      zoom: (factor, x, y) => this.zoom(factor, x, y),
    };
    for (const port of this.ports) listen(port, moves);
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button && this.root.contains(button)) this.act(button.dataset.do, button);
    });
    this.root.addEventListener("change", (event) => {
      if (event.target.matches("[data-mode]")) this.choose(event.target.value);
    });
    this.root.addEventListener("input", (event) => {
      const { slider, tone } = event.target.dataset;
      if (slider !== undefined) this.slide(Number(event.target.value));
      if (tone) this.tint(tone, Number(event.target.value));
    });
    this.divider = this.find(".divider");
    if (this.divider) this.ports[0].append(this.divider);
    this.divider?.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      this.divider.setPointerCapture(event.pointerId);
      this.divider.onpointermove = (move) => {
        const box = this.ports[0].getBoundingClientRect();
        this.slide(Math.min(100, Math.max(0, (100 * (move.clientX - box.left)) / box.width)));
      };
      this.divider.onpointerup = () => (this.divider.onpointermove = null);
    });
    document.addEventListener("visibilitychange", () => document.hidden && this.play(false));
  }

  act(name, button) {
    const [across, down] = this.size();
    const middle = [across / 2, down / 2];
    const actions = {
      "zoom-in": () => this.zoom(1.4, ...middle),
      "zoom-out": () => this.zoom(1 / 1.4, ...middle),
      fit: () => this.fit(),
      full: () => this.zoom(1 / devicePixelRatio / this.scale, ...middle),
      turn: () => this.turned(),
      flip: () => this.flip(),
      play: () => this.play(!this.playing),
      plain: () => this.plain(),
      next: () => this.marks.step(1),
      previous: () => this.marks.step(-1),
      region: () => this.marks.show(Number(button.dataset.region)),
      marks: () => this.marks.toggle(button),
      "page-next": () => this.pages.step(1),
      "page-previous": () => this.pages.step(-1),
      "page-back": () => this.pages.back(),
      screen: () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen()),
    };
    actions[name]?.();
  }

  choose(mode) {
    const resize = (mode === "side") !== (this.mode === "side");
    this.mode = mode;
    this.root.dataset.shows = mode;
    const single = mode !== "side";
    (single ? this.over : this.ports[1]).prepend(this.layers[1].element);
    const slider = this.find("[data-slider]");
    if (slider) {
      const range = { swipe: [0, 100, 1], overlay: [0, 100, 1], difference: [1, 12, 0.5], blink: [0.4, 1.2, 0.1] };
      slider.closest(".slider").hidden = !range[mode];
      if (range[mode]) {
        [slider.min, slider.max, slider.step] = range[mode];
        slider.value = this.values[mode];
        this.find("[data-slider-name]").textContent = slider.dataset[mode];
      }
    }
    this.find("[data-do=play]")?.toggleAttribute("hidden", mode !== "blink");
    this.find("[data-do=flip]")?.toggleAttribute("hidden", mode !== "blink");
    this.play(mode === "blink" && !quiet.matches);
    this.showRight(false);
    this.apply();
    this.say(this.root.dataset[`says${mode[0].toUpperCase()}${mode.slice(1)}`] ?? "");
    if (resize || !this.scale) this.resized(true);
    else this.draw();
  }

  slide(value) {
    this.values[this.mode] = value;
    const slider = this.find("[data-slider]");
    if (slider && Number(slider.value) !== value) slider.value = value;
    if (this.mode === "blink") this.play(this.playing);
    this.apply();
  }

  apply() {
    const { swipe, overlay, difference } = this.values;
    const mode = this.mode;
    this.over.style.clipPath = mode === "swipe" ? `inset(0 0 0 ${swipe}%)` : "";
    if (this.divider) this.divider.style.left = `${swipe}%`;
    this.over.style.opacity = mode === "overlay" ? overlay / 100 : "";
    const tone = `brightness(${this.tones.brightness}%) contrast(${this.tones.contrast}%)`;
    const plain = this.tones.brightness === 100 && this.tones.contrast === 100;
    for (const layer of this.layers) layer.element.style.filter = plain ? "" : tone;
    this.blend.style.filter = mode === "difference" ? `brightness(${difference})` : "";
    this.clip(mode === "difference");
  }

  // The difference exists only where both pictures are.
  clip(both) {
    const outline = (points) => `polygon(${points.map(([x, y]) => `${x}px ${y}px`).join(",")})`;
    const [a, b] = this.layers;
    const back = both && inverse(this.laid);
    const inside = ({ width, height }) => corners([EDGE, EDGE, width - 2 * EDGE, height - 2 * EDGE]);
    a.element.style.clipPath = back ? outline(inside(b).map((point) => apply(this.laid, point))) : "";
    b.element.style.clipPath = back ? outline(inside(a).map((point) => apply(back, point))) : "";
  }

  tint(name, value) {
    this.tones[name] = value;
    this.apply();
  }

  plain() {
    for (const input of this.root.querySelectorAll("[data-tone]")) {
      input.value = 100;
      this.tones[input.dataset.tone] = 100;
    }
    this.apply();
  }

  play(on) {
    clearInterval(this.timer);
    this.playing = on;
    const button = this.find("[data-do=play]");
    button?.setAttribute("aria-pressed", String(on));
    if (on) this.timer = setInterval(() => this.flip(), Math.max(SLOWEST_BLINK, 1000 / this.values.blink / 2));
  }

  flip() {
    this.showRight(!this.over.classList.contains("on"));
  }

  showRight(on) {
    this.over.classList.toggle("on", on);
    this.root.classList.toggle("right-on-top", on);
  }

  size() {
    return [this.ports[0].clientWidth, this.ports[0].clientHeight];
  }

  resized(fit = false) {
    const [across, down] = this.size();
    if (!across || !down) return;
    if (fit || !this.seen || this.fits) this.fit();
    else this.pan((across - this.seen[0]) / 2, (down - this.seen[1]) / 2);
    this.seen = [across, down];
  }

  // Shows a box of the plane as large as it fits; the whole by default.
  fit(box) {
    const [across, down] = this.size();
    const { width, height } = this.layers[0];
    const whole = box ?? [0, 0, width, height];
    const flat = bounds(corners(whole).map((point) => apply(placed(0, 0, 1, this.turn), point)));
    const room = box ? 0.6 : 1;
    this.scale = Math.min((room * across) / flat[2], (room * down) / flat[3], box ? 3 : Infinity);
    this.x = across / 2 - this.scale * (flat[0] + flat[2] / 2);
    this.y = down / 2 - this.scale * (flat[1] + flat[3] / 2);
    this.fits = !box;
    this.least = Math.min(this.fits ? this.scale : this.least ?? this.scale, this.scale);
    this.draw();
  }

  zoom(factor, x, y) {
    const scale = Math.min(32, Math.max(this.least / 2, this.scale * factor));
    const change = scale / this.scale;
    this.x = x - change * (x - this.x);
    this.y = y - change * (y - this.y);
    this.scale = scale;
    this.fits = false;
    this.draw();
  }

  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.fits = false;
    this.draw();
  }

  turned() {
    this.turn = (this.turn + 1) % 4;
    this.fit();
  }

  draw() {
    if (!this.scale) return;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      const view = placed(this.x, this.y, this.scale, this.turn);
      this.layers[0].place(view);
      this.layers[1].place(times(view, this.laid));
      this.marks.place(view);
      this.root.classList.toggle("zoomed", !this.fits);
      const zoom = this.find("[data-zoom]");
      if (zoom) zoom.textContent = `${Math.round(this.scale * devicePixelRatio * 100)}%`;
      clearTimeout(this.later);
      this.later = setTimeout(() => this.fill(), 90); // a fast zoom passes many levels
    });
  }

  fill() {
    const [across, down] = this.size();
    for (const layer of this.layers) layer.fill(across, down);
  }

  // Another pair of sizes, as pages of documents have them: laid on each other by size alone.
  sized(transform) {
    this.laid = transform ?? this.bySize();
    this.marks.hide(!transform && this.pages.away);
    this.apply();
    this.fit();
  }

  say(text) {
    const place = this.find(".viewer-says");
    if (place) place.textContent = text;
  }
}
