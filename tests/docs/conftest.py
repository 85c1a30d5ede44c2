"""Documentation as the tests see it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


def pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``page`` is every page, ``told`` every page with something to run."""
    for name, wanted in (("page", ""), ("told", "<!-- run -->\n```console")):
        if name in metafunc.fixturenames:
            found = [path for path in pages() if wanted in path.read_text(encoding="utf-8")]
            metafunc.parametrize(name, found, ids=[str(path.relative_to(ROOT)) for path in found])
