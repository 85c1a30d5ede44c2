"""Which photographs there are: what stands before the camera, from where, by whom and when."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from multiprocessing import get_context

import cv2

from demo import scenes, textures
from demo.camera import CONTRACTOR, INSPECTOR, OWNER, Phone, clock, develop
from demo.render import Bytes, Camera, Light, Quad, render
from demo.scenes import House

HOME = House("418", (196, 190, 170), seed=4)
"""418 Alder Street, whose garage becomes a dwelling."""
NEXT_DOOR = replace(HOME, number="422", wall=(188, 192, 178), door=(38, 66, 84), seed=4)
"""The same model of house two doors on: alike, and another case."""

MARCH, JUNE, SEPTEMBER = (
    datetime(2025, 3, 2, 10, 4),
    datetime(2025, 6, 17, 8, 31),
    datetime(2025, 9, 9, 14, 20),
)

SUNNY = Light()
MORNING = Light(direction=(0.7, -0.5, 0.55), sun=(2.1, 1.85, 1.5))
REAR = Light(direction=(-0.5, 0.55, 0.7))
INDOORS = Light(sun=(0, 0, 0), sky=(1.25, 1.22, 1.18), shadows=False, bounce=0.7, lamp=(2.3, 4.6, 1.5))
GARAGE = Light(direction=(0.35, 0.75, 0.5), bounce=0.5, sky=(0.95, 0.98, 1.02))


@dataclass(frozen=True)
class Shot:
    """One press of the shutter."""

    scene: Callable[[], list[Quad]]
    camera: Camera
    light: Light
    phone: Phone
    taken: datetime
    sky: int = 3
    cloudy: float = 0.5
    reach: float = 14.0
    exposure: float = 1.0
    size: tuple[int, int] = (1200, 900)


def _street(house: House) -> list[Quad]:
    return scenes.street(house)


_FRONT = Camera((6.4, -16.6, 1.7), (7.6, 0, 1.75), 0.77)
_DOOR = Camera((14.5, -8.6, 1.6), (13.5, -1.2, 1.35), 0.72)
_BURST = Camera((3.6, -4.6, 1.5), (2.2, 0, 1.25), 0.7)
_DONE = replace(HOME, garage="wall")

SHOTS: dict[str, Shot] = {
    "street-front": Shot(partial(_street, HOME), _FRONT, SUNNY, OWNER, clock(MARCH, 0)),
    "street-left": Shot(
        partial(_street, HOME), Camera((-6, -13, 1.65), (7, 0, 1.4), 0.75), SUNNY, OWNER, clock(MARCH, 1)
    ),
    "garage-door": Shot(partial(_street, HOME), _DOOR, SUNNY, OWNER, clock(MARCH, 2), reach=10),
    "street-right": Shot(
        partial(_street, HOME), Camera((21, -12, 1.65), (10, 0, 1.4), 0.78), SUNNY, OWNER, clock(MARCH, 3)
    ),
    "rear-yard": Shot(
        partial(scenes.yard, HOME), Camera((2, 19, 1.6), (7, 8, 1.4), 0.7), REAR, OWNER, clock(MARCH, 4)
    ),
    "rear-deck": Shot(
        partial(scenes.yard, HOME),
        Camera((9.6, 14.2, 1.5), (4.6, 8, 1.1), 0.72),
        REAR,
        OWNER,
        clock(MARCH, 5),
    ),
    "footing-steel": Shot(
        scenes.trench,
        Camera((-2.2, -1.5, 1.7), (0.4, 0.35, -0.1), 0.72),
        SUNNY,
        CONTRACTOR,
        clock(JUNE, 0),
        reach=7,
    ),
    "footing-poured": Shot(
        partial(scenes.trench, poured=True),
        Camera((-2.1, -1.6, 1.68), (0.5, 0.3, -0.1), 0.72),
        MORNING,
        CONTRACTOR,
        clock(JUNE, 20),
        reach=7,
        cloudy=0.7,
        sky=5,
    ),
    "frame-1": Shot(scenes.framing, _BURST, GARAGE, CONTRACTOR, clock(JUNE, 30), reach=8),
    "frame-2": Shot(
        scenes.framing,
        replace(_BURST, place=(3.66, -4.57, 1.515), roll=0.4),
        GARAGE,
        CONTRACTOR,
        clock(JUNE, 30).replace(microsecond=710_000),
        reach=8,
    ),
    "frame-3": Shot(
        scenes.framing,
        replace(_BURST, place=(3.55, -4.64, 1.48), roll=-0.35),
        GARAGE,
        CONTRACTOR,
        clock(JUNE, 30).replace(microsecond=980_000),
        reach=8,
    ),
    "frame-left": Shot(
        scenes.framing,
        Camera((0.8, -3.6, 1.55), (3.2, 0, 1.3), 0.7),
        GARAGE,
        CONTRACTOR,
        clock(JUNE, 32),
        reach=8,
    ),
    "wired": Shot(
        partial(scenes.framing, sheathed=True, wired=True),
        Camera((1.0, -3.0, 1.5), (2.6, 0, 1.2), 0.7),
        GARAGE,
        INSPECTOR,
        clock(JUNE, 40),
        reach=7,
        exposure=1.15,
    ),
    "wired-close": Shot(
        partial(scenes.framing, sheathed=True, wired=True),
        Camera((4.3, -1.5, 1.3), (4.0, 0, 0.95), 0.75),
        GARAGE,
        INSPECTOR,
        clock(JUNE, 41),
        reach=6,
        exposure=1.15,
    ),
    "drywall": Shot(
        partial(scenes.room, wall="drywall", floor="concrete"),
        Camera((3.2, -1.4, 1.55), (2.0, 5, 1.1), 0.62),
        INDOORS,
        CONTRACTOR,
        clock(JUNE, 44),
    ),
    "kitchen": Shot(
        partial(scenes.room, counter=True),
        Camera((3.7, -1.2, 1.55), (1.6, 5, 1.05), 0.62),
        INDOORS,
        OWNER,
        clock(SEPTEMBER, 0),
    ),
    "living-empty": Shot(
        scenes.room, Camera((3.3, -1.5, 1.5), (1.7, 5, 0.95), 0.64), INDOORS, OWNER, clock(SEPTEMBER, 2)
    ),
    "living-done": Shot(
        partial(scenes.room, furnished=True),
        Camera((3.33, -1.48, 1.52), (1.68, 5, 0.95), 0.64),
        INDOORS,
        INSPECTOR,
        clock(SEPTEMBER, 90),
    ),
    "bath-tiles": Shot(
        partial(scenes.room, floor="tiles", colour=(196, 212, 214), size=(3.2, 3.4), seed=6),
        Camera((2.5, -1.3, 1.6), (1.3, 3.2, 0.8), 0.62),
        replace(INDOORS, lamp=(2.2, 2.6, 1.6)),
        OWNER,
        clock(SEPTEMBER, 4),
    ),
    "new-wall": Shot(
        partial(_street, _DONE),
        replace(_DOOR, place=(14.4, -8.5, 1.62)),
        SUNNY,
        OWNER,
        clock(SEPTEMBER, 6),
        reach=10,
        sky=7,
    ),
    "street-done": Shot(
        partial(_street, _DONE),
        replace(_FRONT, place=(6.6, -16.3, 1.66)),
        MORNING,
        INSPECTOR,
        clock(SEPTEMBER, 92),
        sky=8,
        cloudy=0.7,
    ),
    "next-front": Shot(
        partial(_street, NEXT_DOOR),
        replace(_FRONT, place=(6.6, -16.3, 1.64)),
        SUNNY,
        OWNER,
        clock(MARCH, 70),
        sky=4,
    ),
    "next-garage": Shot(
        partial(_street, NEXT_DOOR),
        replace(_DOOR, place=(14.3, -8.5, 1.66), roll=0.4),
        SUNNY,
        OWNER,
        clock(MARCH, 71),
        reach=10,
        sky=4,
    ),
    "next-rear": Shot(
        partial(scenes.yard, NEXT_DOOR),
        Camera((2.2, 18.8, 1.65), (7, 8, 1.4), 0.7),
        REAR,
        OWNER,
        clock(MARCH, 72),
        sky=4,
    ),
    "new-upload": Shot(
        partial(scenes.room, counter=True, wall="paint", colour=(214, 220, 206)),
        Camera((3.9, 0.3, 1.5), (0.6, 3.6, 1.0), 0.66),
        INDOORS,
        OWNER,
        clock(SEPTEMBER, 99),
    ),
}


def take(name: str) -> Bytes:
    """Take one photograph: shape (height, width, 3), RGB."""
    cv2.setNumThreads(1)
    shot = SHOTS[name]
    light = render(
        shot.scene(),
        shot.camera,
        shot.light,
        textures.sky(shot.sky, shot.cloudy),
        size=shot.size,
        reach=shot.reach,
    )
    seed = 1000 + list(SHOTS).index(name)
    return develop(light, shot.phone, seed, exposure=shot.exposure)


def _take_some(names: list[str]) -> dict[str, Bytes]:
    return {name: take(name) for name in names}


def take_all(workers: int = 2) -> dict[str, Bytes]:
    """Take every photograph; those that share surfaces are taken by one worker."""
    places: dict[str, list[str]] = {}
    for name in SHOTS:
        place = {"street": "street", "garage": "street", "new-wall": "street", "next": "street"}
        first = name if name in place else name.split("-")[0]
        places.setdefault(
            place.get(first, "inside" if SHOTS[name].light in (GARAGE, INDOORS) else "other"), []
        ).append(name)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        taken = [photo for group in pool.map(_take_some, places.values()) for photo in group.items()]
    return dict(taken)
