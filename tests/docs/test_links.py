"""Links inside the documentation lead somewhere."""

import re
from pathlib import Path

_CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _CODE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere(page: Path) -> None:
    text = _CODE.sub("", page.read_text(encoding="utf-8"))
    for link in _LINK.findall(text):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in _anchors(target), f"{link}: no such heading"


def test_every_page_is_in_the_index(root: Path) -> None:
    index = root / "docs" / "README.md"
    linked = {
        (index.parent / link.partition("#")[0]).resolve() for link in _LINK.findall(index.read_text("utf-8"))
    }
    decisions = root / "docs" / "decisions" / "README.md"
    listed = _LINK.findall(decisions.read_text("utf-8"))
    linked |= {(decisions.parent / link.partition("#")[0]).resolve() for link in listed}
    pages = {path.resolve() for path in (root / "docs").rglob("*.md")} - {index.resolve()}
    assert pages - linked == set()


def test_pictures_are_small(root: Path) -> None:
    for picture in (root / "docs" / "images").glob("*"):
        assert picture.stat().st_size <= 400_000, f"{picture.name} is larger than 400 kB"
