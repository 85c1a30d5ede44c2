"""The Python API, as a program uses it."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import onecopy
from onecopy.errors import EnvironmentProblem, UnreadableError, UsageError
from onecopy.model import Fingerprint, Limits, Relation


@pytest.fixture
def folder(tmp_path):
    frames = []
    for seed in (1, 2):
        noise = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), dtype=np.uint8)
        frames.append(Image.fromarray(noise).resize((320, 240)))
        frames[-1].copy().save(tmp_path / f"{seed}.png")
    (tmp_path / "copy.png").write_bytes((tmp_path / "1.png").read_bytes())
    frames[0].save(tmp_path / "pages.tif", save_all=True, append_images=frames[1:])
    (tmp_path / "text.txt").write_text("no image")
    return tmp_path


def test_importing_the_package_loads_nothing():
    program = "import sys, onecopy; print([n for n in ('numpy', 'sqlalchemy', 'cv2') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_function_and_a_package_of_one_name():
    import onecopy.fingerprint.pdq

    assert callable(onecopy.fingerprint)
    with pytest.raises(AttributeError):
        onecopy.nonsense  # noqa: B018


def test_fingerprint(folder):
    one = onecopy.fingerprint(folder / "1.png")
    assert isinstance(one, Fingerprint)
    assert one == onecopy.fingerprint(str(folder / "copy.png"))
    assert one.image_data_sha256 is not None
    page = onecopy.fingerprint(f"{folder}/pages.tif#page=2")
    assert (page.width, page.height, page.format) == (320, 240, "tiff")


def test_identify(folder):
    found = onecopy.identify(folder / "pages.tif")
    assert [image.inner for image in found.images] == ["#page=1", "#page=2"]


def test_compare(folder):
    assert onecopy.compare(folder / "1.png", folder / "copy.png").relation is Relation.SAME_BYTES
    assert onecopy.compare(folder / "1.png", f"{folder}/pages.tif#page=1").relation is Relation.SAME_DATA


def test_scan(folder, tmp_path):
    found = onecopy.scan(folder, catalog=tmp_path / "catalog.db")
    assert found.totals.images == 5
    assert found.totals.redundant[Relation.SAME_BYTES].images == 1
    assert onecopy.scan([folder], catalog=tmp_path / "catalog.db", paranoid=True) == found


def test_one_glob_is_one_glob(folder):
    found = onecopy.scan(folder, catalog=":memory:", exclude="*.png")
    assert {one.locator for one in found.skipped} == {f"{folder}/{n}.png" for n in (1, 2, "copy")}
    assert found.totals.images == 2


def test_what_goes_wrong(folder):
    with pytest.raises(EnvironmentProblem):
        onecopy.fingerprint(folder / "nowhere.png")
    with pytest.raises(EnvironmentProblem, match="not a file"):
        onecopy.fingerprint(folder)
    with pytest.raises(UnreadableError) as caught:
        onecopy.fingerprint(folder / "text.txt")
    assert caught.value.code == "not-an-image"
    with pytest.raises(UnreadableError, match=r"1\.png: The file has \d+ bytes") as caught:
        onecopy.compare(folder / "1.png", folder / "2.png", limits=Limits(file_bytes=10))
    assert caught.value.code == "too-large"
    with pytest.raises(UsageError, match=r"Name one of the 2 images .*pages\.tif#page=1"):
        onecopy.fingerprint(folder / "pages.tif")
    with pytest.raises(UsageError, match=r"no image #page=7 in .*pages\.tif"):
        onecopy.fingerprint(f"{folder}/pages.tif#page=7")
    with pytest.raises(UsageError):
        onecopy.scan([])
    with pytest.raises(UsageError, match="at least one worker"):
        onecopy.scan(folder, catalog=":memory:", workers=0)
