// Moving and zooming with a mouse, a pen, fingers and the wheel, on every port alike.

const WHEEL = 0.0016;
const STEP = 1.25;
const PAN = 60;

// moves: {pan(dx, dy), zoom(factor, x, y)}; x and y are in the port, in CSS pixels.
export function listen(port, moves) {
  const down = new Map();
  const at = (event) => {
    const box = port.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  port.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest("button, input")) return;
    down.set(event.pointerId, at(event));
    port.setPointerCapture(event.pointerId);
    port.classList.add("held");
  });
  port.addEventListener("pointermove", (event) => {
    const before = down.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    down.set(event.pointerId, now);
    if (other) {
      const spread = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]) || 1;
      const middle = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2];
      moves.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      moves.zoom(spread(now) / spread(before), ...middle);
    } else {
      moves.pan(now[0] - before[0], now[1] - before[1]);
    }
  });
  const up = (event) => {
    down.delete(event.pointerId);
    if (!down.size) port.classList.remove("held");
  };
  port.addEventListener("pointerup", up);
  port.addEventListener("pointercancel", up);
  port.addEventListener("lostpointercapture", up);
  port.addEventListener("dblclick", (event) => moves.zoom(2, ...at(event)));
  port.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      moves.zoom(Math.exp(-event.deltaY * lines * WHEEL * (event.ctrlKey ? 4 : 1)), ...at(event));
    },
    { passive: false },
  );
  port.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 4 : 1;
    const pan = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] }[event.key];
    const middle = [port.clientWidth / 2, port.clientHeight / 2];
    if (pan) moves.pan(pan[0] * far, pan[1] * far);
    else if (event.key === "+" || event.key === "=") moves.zoom(STEP, ...middle);
    else if (event.key === "-") moves.zoom(1 / STEP, ...middle);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
