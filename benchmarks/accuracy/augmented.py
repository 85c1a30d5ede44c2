"""Recipes of AugLy, the transformations on which copy detectors are usually measured, in its environment.

At its default strength; where the default changes nothing, at the strength given here.
"""

import json
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from benchmarks.accuracy.recipe import Recipe, Same, UnfitError, Work, picture, saved
from benchmarks.peers.tools import Python

ENVIRONMENT = Python("augly", (("augly==1.0.0", "numpy<2", "pillow<10"),))

_SAME = {
    "apply_pil_filter": {},
    "blur": {},
    "brightness": {"factor": 1.3},
    "color_jitter": {"brightness_factor": 1.2, "contrast_factor": 1.2, "saturation_factor": 1.2},
    "contrast": {"factor": 1.3},
    "encoding_quality": {},
    "grayscale": {},
    "pixelization": {"ratio": 0.5},
    "random_noise": {},
    "saturation": {"factor": 1.5},
    "scale": {},
    "sharpen": {"factor": 3.0},
}
_EDITED = {
    "change_aspect_ratio": {},
    "crop": {},
    "hflip": {},
    "meme_format": {},
    "overlay_emoji": {},
    "overlay_onto_screenshot": {},
    "overlay_stripes": {"line_opacity": 0.5},
    "overlay_text": {},
    "pad": {},
    "pad_square": {},
    "perspective_transform": {},
    "rotate": {},
    "skew": {},
    "vflip": {},
}
_WITH_ANOTHER = {
    "overlay_image": ("overlay", {"overlay_size": 0.4}),
    "overlay_onto_background_image": ("background_image", {"overlay_size": 0.6}),
}


@cache
def _server() -> subprocess.Popen[str]:
    """One for each process that makes files; it ends with its input."""
    script = Path(__file__).with_name("run_augly.py")
    return subprocess.Popen(
        [ENVIRONMENT.python, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _augmented(source: Path, stem: Path, work: Work) -> Path:
    name, options, other = work.value
    with tempfile.TemporaryDirectory() as folder:
        plain, target = Path(folder, "source.png"), Path(folder, "target.png")
        picture(source).save(plain)
        if other:
            picture(work.others[0]).save(Path(folder, "other.png"))
            options = options | {other: str(Path(folder, "other.png"))}
        job = {"name": name, "source": str(plain), "target": str(target), "options": options}
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(job) + "\n")
        server.stdin.flush()
        line = server.stdout.readline()
        if not line:
            raise RuntimeError(f"AugLy ended with exit code {server.wait()}; remove {ENVIRONMENT.python}")
        answer = json.loads(line)
        if answer["error"]:
            raise UnfitError(f"AugLy refused it: {answer['error']}")
        return saved(picture(target), source, stem)


def _recipe(name: str, same: Same, options: dict[str, float], other: str = "") -> Recipe:
    return Recipe(
        name=f"augly-{name.replace('_', '-')}",
        same=same,
        make=_augmented,
        strengths={"default": (name, options, other)},
        needs=("augly",),
        unclear=frozenset({"default"}),
        shows=lambda value: 1 if value[2] else 0,
    )


RECIPES = (
    *(_recipe(name, "same", options) for name, options in _SAME.items()),
    *(_recipe(name, "edited", options) for name, options in _EDITED.items()),
    *(_recipe(name, "edited", options, other) for name, (other, options) in _WITH_ANOTHER.items()),
)
