// Imports that are under way: their bars move on while the page is open. Everything else is as it was loaded.

const bars = [...document.querySelectorAll("progress[data-import]")];

async function look(bar) {
  const reply = await fetch(`/v1/imports/${encodeURIComponent(bar.dataset.import)}`);
  if (!reply.ok) return false;
  const { rows, state, progress } = await reply.json();
  bar.max = rows;
  bar.value = rows - progress.waiting;
  return state === "running";
}

async function again() {
  if (document.visibilityState === "visible") {
    const running = await Promise.all(bars.map((bar) => look(bar).catch(() => true)));
    if (!running.some(Boolean)) return;
  }
  setTimeout(again, 5000);
}

if (bars.length) setTimeout(again, 5000);
