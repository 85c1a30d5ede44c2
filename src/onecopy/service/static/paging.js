// Leafing through both files at once: pages of PDFs are drawn whole; pictures of other containers come in turn.

const SIDE = 2048;

export class Pages {
  constructor(viewer) {
    this.viewer = viewer;
    this.away = 0;
    this.sides = ["a", "b"].map((side, n) => ({
      picture: viewer.pair[side],
      layer: viewer.layers[n],
      source: viewer.layers[n].base.src,
      alt: viewer.layers[n].base.alt,
    }));
  }

  async step(by) {
    const away = this.away + by;
    if (away === 0) return this.back();
    const found = await Promise.all(this.sides.map((side) => this.at(side, away)));
    if (!found.some(Boolean)) return this.viewer.say(this.viewer.root.dataset.saysEnd);
    this.away = away;
    this.sides.forEach((side, n) => this.put(side, found[n]));
    this.viewer.find("[data-do=page-back]")?.toggleAttribute("hidden", false);
    this.viewer.sized(null);
    const places = found.map((one) => one?.name ?? "–").join(" | ");
    return this.viewer.say(this.viewer.root.dataset.saysPage.replace("{page}", places));
  }

  back() {
    this.away = 0;
    for (const { layer, source, alt } of this.sides) {
      layer.element.hidden = false;
      layer.restore(source, alt);
    }
    this.viewer.find("[data-do=page-back]")?.toggleAttribute("hidden", true);
    this.viewer.sized(this.viewer.pair.transform);
    this.viewer.say("");
  }

  put(side, found) {
    if (found) side.layer.replace(found.source, found.width, found.height, found.name);
    side.layer.element.hidden = !found;
  }

  // What lies so many pages on from the picture that is compared, if anything does.
  async at(side, away) {
    const { address, inner } = side.picture;
    side.listed ??= await fetch(`${address}/pictures`).then((reply) => reply.json());
    const { pictures, documents } = side.listed;
    const [, document, number] = inner.match(/^(.*)#page=(\d+)/) ?? [];
    if (document !== undefined && documents.includes(document)) {
      const page = Number(number) + away;
      if (page < 1) return null;
      const source = `${address}/pages/${page}?side=${SIDE}&inner=${encodeURIComponent(document)}`;
      return this.loaded(source, String(page));
    }
    const found = pictures[pictures.findIndex((one) => one.inner === inner) + away];
    if (!found) return null;
    const source = `${address}/picture?side=${SIDE}&inner=${encodeURIComponent(found.inner)}`;
    return { source, width: found.width, height: found.height, name: found.inner || "1" };
  }

  async loaded(source, name) {
    const image = new Image();
    image.src = source;
    try {
      await image.decode();
    } catch {
      return null;
    }
    return { source, width: image.naturalWidth, height: image.naturalHeight, name };
  }
}
