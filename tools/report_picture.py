"""Take the README's picture of the demo's report: ``make demo``, then ``python tools/report_picture.py``."""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "demo-out" / "report" / "report.html"
PICTURE = ROOT / "docs" / "images" / "report.png"
WIDTH, HEIGHT = 1080, 1240
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _view(page: Page, top: str) -> Image.Image:
    page.evaluate(f"window.scrollTo(0, {top})")
    page.wait_for_timeout(600)
    return Image.open(io.BytesIO(page.screenshot()))


def main() -> None:
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(REPORT.as_uri())
        place = "document.querySelector('#{}').getBoundingClientRect().top + scrollY - 60"
        views = [_view(page, "0"), _view(page, place.format("related"))]
        browser.close()
    sheet = Image.new("RGB", (WIDTH * len(views) + 40 * (len(views) - 1), HEIGHT), "#8d9297")
    for number, view in enumerate(views):
        sheet.paste(view, (number * (WIDTH + 40), 0))
    sheet.thumbnail((2000, 2000), Image.Resampling.LANCZOS)
    sheet.quantize(200, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        PICTURE, optimize=True
    )


if __name__ == "__main__":
    main()
