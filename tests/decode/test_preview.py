import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from onecopy.decode.preview import PreviewArgs, preview
from onecopy.errors import UnreadableError


def _shown(data, limits, **options):
    made = preview([data], PreviewArgs(**({"inner": "", "longest_side": 120, "limits": limits} | options)))
    image = Image.open(io.BytesIO(made.jpeg))
    assert image.format == "JPEG"
    assert image.size == (made.width, made.height)
    return np.asarray(image.convert("RGB"))


def test_it_is_as_large_as_asked_and_never_larger_than_the_picture(photo, encode, limits):
    data = encode(photo, "PNG")
    assert _shown(data, limits).shape == (80, 120, 3)
    assert _shown(data, limits, longest_side=9999).shape == (160, 240, 3)
    assert _shown(data, limits, longest_side=0).shape == (1, 1, 3)


def test_it_is_upright(photo, encode, limits, near):
    exif = Image.Exif()
    exif[0x0112] = 6
    shown = _shown(encode(photo, "JPEG", exif=exif), limits)
    assert shown.shape == (120, 80, 3)
    assert near(shown, np.asarray(photo.transpose(Image.Transpose.ROTATE_270).resize((80, 120)))) < 8


def test_transparency_is_shown_over_white(photo, encode, limits):
    clear = photo.copy()
    clear.putalpha(0)
    assert _shown(encode(clear, "PNG"), limits).min() > 250


def test_a_part_is_cut_in_the_pixels_of_the_picture(photo, encode, limits, near):
    large = photo.resize((2400, 1600))
    shown = _shown(encode(large, "JPEG", quality=90), limits, box=(600, 800, 1200, 400))
    part = large.resize((120, 40), Image.Resampling.LANCZOS, box=(600, 800, 1800, 1200))
    assert shown.shape == (40, 120, 3)
    assert near(shown, np.asarray(part)) < 9
    with pytest.raises(UnreadableError):
        _shown(encode(photo, "PNG"), limits, box=(5000, 5000, 10, 10))


def test_a_picture_inside_a_container(photo, encode, limits):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "words")
        archive.writestr("b.png", encode(photo, "PNG"))
    assert _shown(file.getvalue(), limits, inner="!/b.png").shape == (80, 120, 3)
    with pytest.raises(UnreadableError):
        _shown(file.getvalue(), limits, inner="!/c.png")
