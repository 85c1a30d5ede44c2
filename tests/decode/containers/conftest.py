import io
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from onecopy.decode.walk import walk
from onecopy.model import ContainerFound, Limits, Problem, Skipped

Pixels = npt.NDArray[np.uint8]


@pytest.fixture
def photo() -> Callable[..., Pixels]:
    """Make a smooth, busy RGB picture, different for each seed."""

    def make(seed: int = 1, width: int = 96, height: int = 64) -> Pixels:
        coarse = np.random.default_rng(seed).integers(0, 256, (7, 9, 3), dtype=np.uint8)
        return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))

    return make


@pytest.fixture
def jpeg(photo) -> Callable[..., bytes]:
    def make(seed: int = 1, **options: Any) -> bytes:
        file = io.BytesIO()
        mode = options.pop("mode", "RGB")
        Image.fromarray(photo(seed)).convert(mode).save(file, "JPEG", **options)
        return file.getvalue()

    return make


@pytest.fixture
def png(photo) -> Callable[..., bytes]:
    def make(seed: int = 1) -> bytes:
        file = io.BytesIO()
        Image.fromarray(photo(seed)).save(file, "PNG")
        return file.getvalue()

    return make


@pytest.fixture
def zipped() -> Callable[..., bytes]:
    def make(*members: tuple[str, bytes]) -> bytes:
        file = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            warnings.simplefilter("ignore", UserWarning)  # about duplicate names
            for name, data in members:
                archive.writestr(name, data)
        return file.getvalue()

    return make


def named(objects: dict[str, Any]) -> Any:
    return Dictionary({f"/{name}": value for name, value in objects.items()})


class PdfMaker:
    """Writes PDFs by hand: image objects, and pages of content that shows them."""

    def __init__(self) -> None:
        self.pdf = pikepdf.new()

    def image(self, data: bytes, width: int, height: int, space: object = None, **entries: object) -> Any:
        stream = Stream(self.pdf, data)
        stream.Type, stream.Subtype = Name.XObject, Name.Image
        stream.Width, stream.Height = width, height
        if space is not None:
            stream.ColorSpace = space
        stream.BitsPerComponent = 8
        for key, value in entries.items():
            stream[Name("/" + key)] = value
        return self.pdf.make_indirect(stream)

    def pixels(self, pixels: Pixels, **entries: object) -> Any:
        space = {2: Name.DeviceGray, 3: Name.DeviceRGB}[pixels.ndim]
        return self.image(pixels.tobytes(), pixels.shape[1], pixels.shape[0], space, **entries)

    def form(self, content: bytes, **xobjects: Any) -> Any:
        form = Stream(self.pdf, content)
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 600, 800])
        form.Resources = Dictionary(XObject=named(xobjects))
        return self.pdf.make_indirect(form)

    def page(self, content: bytes | None = None, resources: Any = None, **xobjects: Any) -> Any:
        page = self.pdf.add_blank_page(page_size=(600, 800))
        if content is None:
            content = b"\n".join(b"q 500 0 0 300 10 10 cm /%s Do Q" % n.encode() for n in xobjects)
        page.obj.Resources = resources or Dictionary(XObject=named(xobjects))
        page.obj.Contents = self.pdf.make_stream(content)
        return page.obj

    def bytes(self, **options: Any) -> bytes:
        file = io.BytesIO()
        self.pdf.save(file, **options)
        return file.getvalue()


@pytest.fixture
def maker() -> PdfMaker:
    return PdfMaker()


class Walked:
    """What a walk found, sorted by kind."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.all = list(walk(data, limits))
        self.problems = [f for f in self.all if isinstance(f, Problem)]
        self.skipped = [f for f in self.all if isinstance(f, Skipped)]
        self.containers = [f for f in self.all if isinstance(f, ContainerFound)]
        others = ContainerFound | Problem | Skipped
        self.pictures: list[Any] = [f for f in self.all if not isinstance(f, others)]

    @property
    def inners(self) -> list[str]:
        return [picture.inner for picture in self.pictures]

    @property
    def codes(self) -> dict[str, str]:
        return {problem.inner: problem.code for problem in self.problems}


@pytest.fixture
def walked() -> Callable[..., Walked]:
    return lambda data, **limits: Walked(data, Limits(**limits))
