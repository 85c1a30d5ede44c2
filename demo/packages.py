"""Real photographs and typefaces that installed packages ship: nothing is downloaded."""

from functools import cache
from importlib.resources import files

from PIL import Image, ImageFont

_PLACES = {
    "brick": ("skimage", "data/brick.png"),
    "grass": ("skimage", "data/grass.png"),
    "gravel": ("skimage", "data/gravel.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "cat": ("skimage", "data/chelsea.png"),
    "garage-left": ("skimage", "data/motorcycle_left.png"),
    "garage-right": ("skimage", "data/motorcycle_right.png"),
    "pavilion": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
    "officer": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
}

_FACES = {
    "regular": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "mono": "DejaVuSansMono.ttf",
    "serif": "DejaVuSerif.ttf",
    "serif-bold": "DejaVuSerif-Bold.ttf",
    "italic": "DejaVuSans-Oblique.ttf",
}


def source(name: str) -> bytes:
    """The file of a photograph, untouched."""
    package, path = _PLACES[name]
    return files(package).joinpath(path).read_bytes()


@cache
def picture(name: str) -> Image.Image:
    """A photograph as RGB."""
    package, path = _PLACES[name]
    with files(package).joinpath(path).open("rb") as stream:
        return Image.open(stream).convert("RGB")


@cache
def font(face: str, size: int) -> ImageFont.FreeTypeFont:
    """A typeface of the DejaVu family, which matplotlib ships."""
    with files("matplotlib").joinpath("mpl-data/fonts/ttf", _FACES[face]).open("rb") as stream:
        return ImageFont.truetype(stream, size)
