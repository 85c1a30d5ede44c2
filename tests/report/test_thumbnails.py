import io

import pytest
from PIL import Image

from onecopy.errors import UnreadableError
from onecopy.report import thumbnails
from onecopy.report.thumbnails import Album


@pytest.fixture(scope="module")
def jpeg():
    out = io.BytesIO()
    Image.effect_noise((200, 150), 60).save(out, "JPEG")
    return out.getvalue()


def images(new_archive, count):
    it = new_archive()
    for n in range(count):
        it.image(f"{n}.jpg")
    return it.findings().images


def filled(wanted, preview, threads=1, progress=None):
    album = Album()
    album.want(wanted)
    album.fill(preview, threads, progress)
    return album


@pytest.mark.parametrize("threads", [1, 3])
def test_each_is_asked_for_once_and_progress_is_told(new_archive, jpeg, threads):
    asked, told = [], []
    wanted = images(new_archive, 20)

    def preview(locator, side):
        asked.append(locator)
        return jpeg

    album = filled((*wanted, *wanted), preview, threads, lambda done, of: told.append((done, of)))
    assert sorted(asked) == sorted(image.locator for image in wanted)
    assert told[-1] == (20, 20)
    assert (len(album.all), album.missing) == (20, 0)


def test_the_same_content_shares_a_thumbnail(new_archive, jpeg):
    it = new_archive()
    it.image("a.jpg", content="x")
    it.image("b.jpg", content="x")
    one, other = it.findings().images
    album = filled((one, other), lambda locator, side: jpeg)
    assert album.of(one) is album.of(other)
    assert len(album.all) == 1


def test_larger_wishes_win(new_archive, jpeg):
    sides = []
    (image,) = images(new_archive, 1)
    album = Album()
    album.want([image])
    album.want([image], large=True)
    album.fill(lambda locator, side: sides.append(side) or jpeg, 1, None)
    assert sides == [512]


def test_the_budget_is_kept_and_asking_stops(new_archive, jpeg, monkeypatch):
    monkeypatch.setattr(thumbnails, "BUDGET_BYTES", 10 * len(jpeg))
    asked = []
    album = filled(images(new_archive, 100), lambda locator, side: asked.append(locator) or jpeg)
    assert sum(len(thumb.uri) for thumb in album.all) <= 10 * len(jpeg)
    assert len(asked) < 20
    assert album.missing == 100 - len(album.all)


def test_what_is_no_jpeg_or_cannot_be_read_is_left_out(new_archive, jpeg):
    answers = {"0.jpg": b"<svg onload=alert(1)>", "1.jpg": None, "3.jpg": jpeg}

    def preview(locator, side):
        if locator == "2.jpg":
            raise UnreadableError("The file is gone.", code="vanished")
        return answers[locator]

    wanted = images(new_archive, 4)
    album = filled(wanted, preview)
    assert [album.of(image) is not None for image in wanted] == [False, False, False, True]
    assert album.of(None) is None
