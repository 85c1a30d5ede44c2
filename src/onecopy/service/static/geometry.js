// Plane geometry of the viewer: 3×3 matrices as arrays of nine numbers, row by row, and points as [x, y].

export const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];

export function times(a, b) {
  const product = [];
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += a[3 * row + k] * b[3 * k + column];
      product.push(sum);
    }
  }
  return product;
}

export function inverse(m) {
  const [a, b, c, d, e, f, g, h, i] = m;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!determinant) return null;
  return [
    e * i - f * h, c * h - b * i, b * f - c * e,
    f * g - d * i, a * i - c * g, c * d - a * f,
    d * h - e * g, b * g - a * h, a * e - b * d,
  ].map((value) => value / determinant);
}

export function apply(m, [x, y]) {
  const w = m[6] * x + m[7] * y + m[8];
  return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w];
}

// How much longer a short line becomes at a point.
export function scaleAt(m, [x, y]) {
  const [x0, y0] = apply(m, [x, y]);
  const [x1, y1] = apply(m, [x + 1, y]);
  const [x2, y2] = apply(m, [x, y + 1]);
  return Math.sqrt(Math.abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)));
}

export function corners([x, y, width, height]) {
  return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]];
}

// The smallest upright box around points: [x, y, width, height].
export function bounds(points) {
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

export function css(m) {
  const [a, b, c, d, e, f, g, h, i] = m;
  return `matrix3d(${[a, d, 0, g, b, e, 0, h, 0, 0, 1, 0, c, f, 0, i].join(",")})`;
}

export function placed(x, y, scale, quarters) {
  const [cos, sin] = [[1, 0], [0, 1], [-1, 0], [0, -1]][((quarters % 4) + 4) % 4];
  return [scale * cos, -scale * sin, x, scale * sin, scale * cos, y, 0, 0, 1];
}

// What lays a picture of one size into the middle of another, as large as it fits.
export function fitted([width, height], [across, down]) {
  const scale = Math.min(across / width, down / height);
  return placed((across - scale * width) / 2, (down - scale * height) / 2, scale, 0);
}
