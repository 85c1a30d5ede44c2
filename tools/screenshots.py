"""Picture every page: ``make screenshots``; at three widths, light and dark, of the demo's catalog.

The demo's archive is made (once), sent through a gate as a portal would, and looked at in a headless
browser. The pictures go to ``screenshots/``, which git ignores. With ``--url`` a running service is used.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from demo import archive, gate  # noqa: E402 - the demo is beside the tools, not installed

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = {390: 844, 1280: 900, 2560: 1440}
SCHEMES = ("light", "dark")
AGENCY = "Building and Safety"
PAGES = {
    "queue": "/queue",
    "answered": "/queue/answered",
    "rules": "/queue/rules",
    "dashboard": "/dashboard",
    "search": "/search",
    "search-found": "/search?name=IMG",
    "policy": "/admin/policy",
    "agencies": "/admin/agreements",
    "tokens": "/admin/tokens",
    "people": "/admin/people",
    "webhooks": "/admin/webhooks",
    "imports": "/admin/imports",
    "audit-log": "/admin/audit",
    "audit-entry": "/admin/audit/5",
    "health": "/admin/health",
    "public": "/public",
    "not-found": "/nothing-here",
}
FIRST = {"desk": ("/queue", 'main a[href^="/desk/"]'), "case": ("/queue", 'main a[href^="/cases/"]')}
"""Pages that are found by following the first such link of another."""


@contextmanager
def filled(folder: Path) -> Iterator[gate.Gate]:
    """A gate that was sent the demo's archive, submission by submission."""
    if not (folder / "uploads.tsv").exists():
        archive.build(folder)
    place = folder / "for-screenshots"
    shutil.rmtree(place, ignore_errors=True)
    with gate.running(place) as one:
        send_all(one, folder / "archive")
        yield one


def send_all(one: gate.Gate, sent: Path) -> None:
    """Send every file that a portal would: the first folder is the case, the rest is not told."""
    with httpx.Client(base_url=one.url, trust_env=False, timeout=300) as client:
        client.headers["Authorization"] = f"Bearer {one.token}"
        for path in sorted(path for path in sent.rglob("*") if path.is_file()):
            case, submission, *folders = path.relative_to(sent).parts
            form = {
                "case": case,
                "agency": AGENCY,
                "source": "e-mail" if "2" in submission[:13] else "portal",
            }
            form["category"] = "plan" if "plans" in folders else "site-photo" if folders[:-1] else "form"
            reply = client.post("/v1/uploads", files={"file": (path.name, path.read_bytes())}, data=form)
            reply.raise_for_status()
        client.post("/v1/agreements", json={"holder": AGENCY, "seeker": "Fire", "reveals": "occurrence"})
        for name, role in (("permit portal", "uploader"), ("Kim, plan check", "reviewer")):
            client.post("/v1/tokens", json={"name": name, "role": role, "agency": AGENCY})


def take(browser: Browser, url: str, token: str, out: Path, *, width: int, scheme: str) -> None:
    """Picture all pages at one width."""
    how = {"viewport": {"width": width, "height": WIDTHS[width]}, "color_scheme": scheme}
    context = browser.new_context(base_url=url, **how)
    page = context.new_page()
    page.goto("/sign-in")
    shoot(page, out / f"sign-in-{width}-{scheme}.png")
    page.get_by_role("textbox", name="Token").fill(token)
    page.get_by_role("button", name="Sign in with a token").click()
    for name, path in PAGES.items():
        page.goto(path)
        shoot(page, out / f"{name}-{width}-{scheme}.png")
    for name, (path, link) in FIRST.items():
        page.goto(path)
        found = page.locator(link)
        if found.count():
            page.goto(found.first.get_attribute("href") or "/")
            shoot(page, out / f"{name}-{width}-{scheme}.png")
    context.close()


def shoot(page: Page, path: Path) -> None:
    """Picture a page as a whole, once it is quiet."""
    page.wait_for_load_state("load")
    page.evaluate("for (const one of document.images) one.loading = 'eager'")
    page.wait_for_timeout(400)
    page.screenshot(path=path, full_page=True)
    print(path.name, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="of a running service, instead of the demo's")
    parser.add_argument("--token", default="", help="for it")
    parser.add_argument("--out", type=Path, default=ROOT / "screenshots")
    parser.add_argument("--width", type=int, choices=list(WIDTHS), nargs="+", default=list(WIDTHS))
    parser.add_argument("--scheme", choices=SCHEMES, nargs="+", default=SCHEMES)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    if asked.url:
        shoot_all(asked, asked.url, asked.token)
        return
    with filled(ROOT / "demo-out") as one:
        shoot_all(asked, one.url, one.token)


def shoot_all(asked: argparse.Namespace, url: str, token: str) -> None:
    """Picture all pages at all widths that were asked for."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for width in asked.width:
            for scheme in asked.scheme:
                take(browser, url, token, asked.out, width=width, scheme=scheme)
        browser.close()


if __name__ == "__main__":
    main()
