"""Forms, filled in: three templates, what stands in their fields, and small changes to it."""

import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from demo import paper
from demo.packages import font
from PIL import Image, ImageDraw

_WORK = (
    "New building",
    "Addition",
    "Alteration",
    "Change of use",
    "Demolition",
    "Electrical",
    "Plumbing",
    "Mechanical",
    "Accessory dwelling unit",
)
_STREETS = ("Alder Street", "Harbour Street", "Mill Road", "Oak Lane", "Quarry Way", "Fifth Avenue")
_PEOPLE = ("R. Vance", "L. Moreno", "T. Okafor", "J. Lindqvist", "M. Castellano", "P. Hartigan")
_PARTS = (
    "Lumber 2x6",
    "Gypsum board",
    "Copper pipe",
    "Anchor bolt",
    "Roof felt",
    "Conduit",
    "Hinge",
    "Sealant",
)
_LINES = (
    "Convert detached garage to dwelling unit",
    "Replace windows at the rear, same openings",
    "New bath on the second floor, move one wall",
    "Repair of porch after storm, like for like",
    "Add outlets and one light in the workshop",
)
_ROWS = 20
_KEPT = frozenset({"Owner", "Inspector", "Date filed"})
"""Fields that show in more than one place: they are not changed, so that one change is one change."""


@dataclass(frozen=True)
class Filled:
    """One filled form: its template, what stands in its fields, and which boxes are ticked."""

    template: str
    fields: tuple[tuple[str, str], ...]
    ticked: frozenset[str]


def _number(random: np.random.Generator, pattern: str) -> str:
    return "".join(str(random.integers(10)) if letter == "#" else letter for letter in pattern)


def _one(random: np.random.Generator, of: tuple[str, ...]) -> str:
    return of[int(random.integers(len(of)))]


def _address(random: np.random.Generator) -> str:
    return f"{_number(random, '4##')} {_one(random, _STREETS)}"


def _application(random: np.random.Generator) -> dict[str, str]:
    values = {
        "Application number": _number(random, "240##-1####-3####"),
        "Date filed": _number(random, "0#/1#/202#"),
        "Site address": _address(random),
        "Assessor's parcel number": _number(random, "0##-1##-0##"),
        "Zoning district": _number(random, "R-#"),
        "Owner": _one(random, _PEOPLE),
        "Telephone": _number(random, "555-01##"),
        "Contractor": _one(random, _PEOPLE) + " Construction",
        "Licence number": _number(random, "C-#####"),
        "Valuation of work": _number(random, "$ 8#,#00"),
        "Floor area (sq ft)": _number(random, "4##"),
        "Stories": _number(random, "#"),
    }
    return values | {f"Line {n}": _one(random, _LINES) for n in range(3)}


def _card(random: np.random.Generator) -> dict[str, str]:
    return {
        "Application number": _number(random, "240##-1####-3####"),
        "Date": _number(random, "0#/1#/202#"),
        "Site address": _address(random),
        "Inspection": _one(random, ("Footing", "Framing", "Rough plumbing", "Final")),
        "Inspector": _one(random, _PEOPLE),
        "Badge": _number(random, "###"),
        "Result": _one(random, ("PASS", "CORRECT AND CALL", "FAIL")),
        "Remarks": _one(random, _LINES),
    }


def _ledger(random: np.random.Generator) -> dict[str, str]:
    fields: dict[str, str] = {}
    for row in range(_ROWS):
        fields |= {
            f"{row} item": _one(random, _PARTS),
            f"{row} code": _number(random, "K##-###"),
            f"{row} count": _number(random, "##"),
            f"{row} price": _number(random, "##.#0"),
        }
    return fields


def _draw_application(form: Filled) -> Image.Image:
    values = dict(form.fields)
    lines = tuple(values.pop(f"Line {n}") for n in range(3))
    return paper.application(values, tuple(form.ticked), lines)


def _draw_ledger(form: Filled) -> Image.Image:
    """Rows in small print, and ovals to fill at the foot."""
    values = dict(form.fields)
    image = Image.new("L", (2550, 3300), 255)
    draw = ImageDraw.Draw(image)
    draw.text((160, 170), "MATERIALS DELIVERED", fill=20, font=font("bold", 60))
    draw.text((160, 260), "To be kept with the inspection record", fill=60, font=font("regular", 34))
    columns = {"item": 160, "code": 1100, "count": 1600, "price": 2000}
    for name, x in columns.items():
        draw.text((x + 14, 372), name.upper(), fill=40, font=font("bold", 30))
    for row in range(_ROWS + 1):
        y = 430 + row * 110
        draw.line((160, y, 2390, y), fill=60, width=3)
        for name, x in columns.items():
            if row < _ROWS:
                draw.text((x + 14, y + 34), values[f"{row} {name}"], fill=12, font=font("mono", 38))
    for x in (*columns.values(), 2390):
        draw.line((x, 430, x, 430 + _ROWS * 110), fill=60, width=3)
    for n, name in enumerate(_WORK):
        x, y = 180 + n % 3 * 740, 2760 + n // 3 * 120
        draw.ellipse((x, y, x + 74, y + 46), outline=30, width=4, fill=20 if name in form.ticked else 255)
        draw.text((x + 100, y + 2), name, fill=30, font=font("regular", 36))
    return image


_TEMPLATES: dict[
    str, tuple[Callable[[np.random.Generator], dict[str, str]], Callable[[Filled], Image.Image]]
] = {
    "application": (_application, _draw_application),
    "card": (_card, lambda form: paper.card(dict(form.fields))),
    "ledger": (_ledger, _draw_ledger),
}
TEMPLATES = tuple(_TEMPLATES)
CHANGES = ("1 character", "1 digit", "1 tick", "2 fields", "3 fields")


@lru_cache(maxsize=16)
def drawn(form: Filled) -> Image.Image:
    """The sheet at 300 dots an inch."""
    return _TEMPLATES[form.template][1](form)


def filled(template: str, random: np.random.Generator) -> Filled:
    """A form, filled in by chance."""
    fields = tuple(_TEMPLATES[template][0](random).items())
    ticked = random.choice(_WORK, int(random.integers(1, 4)), replace=False).tolist()
    return Filled(template, fields, frozenset() if template == "card" else frozenset(ticked))


def changed(form: Filled, change: str, random: np.random.Generator) -> Filled:
    """The form with a small change; a card has no boxes, so there a tick is a digit."""
    count, what = change.split()
    if what == "tick" and form.template != "card":
        box = _one(random, _WORK)
        return replace(form, ticked=form.ticked ^ {box})
    kind = {"character": string.ascii_letters, "fields": string.ascii_letters + string.digits}
    letters = kind.get(what, string.digits)
    fields = dict(form.fields)
    able = [
        name
        for name, text in fields.items()
        if name not in _KEPT and any(letter in letters for letter in text)
    ]
    for name in random.choice(able, int(count), replace=False).tolist():
        fields[name] = _other(fields[name], letters, random)
    return replace(form, fields=tuple(fields.items()))


def _other(text: str, letters: str, random: np.random.Generator) -> str:
    """The text with one of its letters changed to another of its kind."""
    at = int(random.choice([n for n, letter in enumerate(text) if letter in letters]))
    old = text[at]
    of_kind = next(k for k in (string.digits, string.ascii_lowercase, string.ascii_uppercase) if old in k)
    return text[:at] + _one(random, tuple(of_kind.replace(old, ""))) + text[at + 1 :]
