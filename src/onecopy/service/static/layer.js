// One picture on its plane: a small rendition of it first, and tiles where more is seen than that shows.

import { apply, bounds, corners, css, inverse, scaleAt } from "./geometry.js";

const MOST_TILES = 160;
const RETRY_MS = 1500;

export class Layer {
  // picture: {address, inner, width, height, tile}; image: the rendition that the page came with.
  constructor(picture, image) {
    this.picture = picture;
    this.tiles = new Map();
    this.element = document.createElement("div");
    this.element.className = "layer";
    this.base = image;
    this.base.classList.add("base");
    this.base.draggable = false;
    this.element.append(this.base);
    this.resize(picture.width, picture.height);
  }

  resize(width, height) {
    this.width = width;
    this.height = height;
    this.element.style.width = `${width}px`;
    this.element.style.height = `${height}px`;
  }

  // Shows another picture in its place: a page of a document, for which there are no tiles.
  replace(source, width, height, alt) {
    this.clear();
    this.base.src = source;
    this.base.alt = alt;
    this.whole = true;
    this.resize(width, height);
  }

  restore(source, alt) {
    this.clear();
    this.base.src = source;
    this.base.alt = alt;
    this.whole = false;
    this.resize(this.picture.width, this.picture.height);
  }

  clear() {
    for (const tile of this.tiles.values()) tile.remove();
    this.tiles.clear();
  }

  place(matrix) {
    this.matrix = matrix;
    this.element.style.transform = css(matrix);
    const scale = scaleAt(matrix, [this.width / 2, this.height / 2]);
    this.element.classList.toggle("pixels", scale >= 4);
  }

  // Asks for the tiles that are in sight, in a port of this size (CSS pixels).
  fill(across, down) {
    const back = this.matrix && inverse(this.matrix);
    if (!back || this.whole) return;
    const [x, y, width, height] = bounds(corners([0, 0, across, down]).map((point) => apply(back, point)));
    const [left, top] = [Math.max(0, x), Math.max(0, y)];
    const [right, bottom] = [Math.min(this.width, x + width), Math.min(this.height, y + height)];
    if (left >= right || top >= bottom) return;
    const sharpness = scaleAt(this.matrix, [(left + right) / 2, (top + bottom) / 2]) * devicePixelRatio;
    const shown = Math.max(this.base.naturalWidth, this.base.naturalHeight) / Math.max(this.width, this.height);
    if (!this.base.naturalWidth || shown >= Math.min(1, sharpness) * 0.99) return;
    const level = Math.max(0, Math.floor(Math.log2(1 / sharpness) + 0.01));
    const size = this.picture.tile * 2 ** level;
    for (let row = Math.floor(top / size); row * size < bottom; row++) {
      for (let column = Math.floor(left / size); column * size < right; column++) this.ask(level, column, row);
    }
    this.forget(level);
  }

  ask(level, column, row) {
    const name = `${level}/${column}/${row}`;
    const known = this.tiles.get(name);
    if (known) {
      this.tiles.delete(name); // asked for last, forgotten last
      this.tiles.set(name, known);
      return;
    }
    const tile = new Image();
    const size = this.picture.tile * 2 ** level;
    tile.className = "tile";
    tile.alt = "";
    tile.decoding = "async";
    tile.draggable = false;
    tile.style.left = `${column * size}px`;
    tile.style.top = `${row * size}px`;
    tile.style.zIndex = String(30 - level);
    tile.addEventListener("load", () => {
      tile.style.width = `${Math.min(tile.naturalWidth * 2 ** level, this.width - column * size)}px`;
      tile.style.height = `${Math.min(tile.naturalHeight * 2 ** level, this.height - row * size)}px`;
      tile.classList.add("ready");
    });
    tile.addEventListener("error", () => setTimeout(() => this.drop(name), RETRY_MS), { once: true });
    tile.src = `${this.picture.address}/tiles/${name}?inner=${encodeURIComponent(this.picture.inner)}`;
    this.tiles.set(name, tile);
    this.element.append(tile);
  }

  drop(name) {
    this.tiles.get(name)?.remove();
    this.tiles.delete(name);
  }

  forget(level) {
    for (const [name, tile] of this.tiles) {
      if (this.tiles.size <= MOST_TILES) break;
      if (!name.startsWith(`${level}/`) || tile.classList.contains("ready")) this.drop(name);
    }
  }
}
