"""What is known of two pictures, line by line: what differs first, then what is the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from urllib.parse import urlencode

from markupsafe import Markup

from onecopy.model import Capture
from onecopy.report.words import size
from onecopy.service.pages.desk.shots import Shot
from onecopy.service.pages.names import SOURCES
from onecopy.service.pages.render import age, moment
from onecopy.service.pages.words import N_, translated

EARTH_METRES = 6_371_000
_NOTABLE = timedelta(minutes=1)
_LINK = Markup('<a href="{}" rel="noreferrer noopener" target="_blank">{}<span class="sr"> {}</span></a>')
"""Nothing is asked of the other site before somebody follows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line: what it is, what it is of both, and how far apart they are, where that can be said."""

    label: str
    left: str | Markup | None
    right: str | Markup | None
    apart: str = ""

    @property
    def differs(self) -> bool:
        """Whether it tells the two apart."""
        return self.left != self.right


def compared(left: Shot, right: Shot, *, agencies: bool) -> list[Fact]:
    """All facts that are known of either, in the order in which they matter.

    Args:
        left: One of the two.
        right: The other one.
        agencies: Whether whoever looks sees several agencies.
    """
    facts = [
        Fact(label=label, left=of(left), right=of(right), apart=_apart(label, left, right))
        for label, of in _FACTS
        if agencies or label != _AGENCY
    ]
    return [one for one in facts if one.left or one.right]


def _capture(shot: Shot) -> Capture:
    return shot.image.fingerprint.capture if shot.image else Capture()


def _bytes(shot: Shot) -> str | None:
    return size(shot.image.fingerprint.byte_size) if shot.image else None


def _pixels(shot: Shot) -> str | None:
    return f"{shot.size[0]:,} × {shot.size[1]:,}" if shot.image else None


def _format(shot: Shot) -> str | None:
    if shot.image is None:
        return None
    found = shot.image.fingerprint
    kind = translated("lossless") if found.lossless else ""
    return ", ".join(part for part in (found.format.upper(), kind) if part)


def _taken(shot: Shot) -> str | None:
    taken = _capture(shot).taken_at
    return taken.replace("T", " ") if taken else None


def _place(shot: Shot) -> Markup | None:
    gps = _capture(shot).gps
    if gps is None:
        return None
    latitude, longitude = gps
    query = urlencode({"mlat": f"{latitude:.6f}", "mlon": f"{longitude:.6f}"})
    return _LINK.format(
        f"https://www.openstreetmap.org/?{query}#map=18/{latitude:.6f}/{longitude:.6f}",
        f"{latitude:.5f}, {longitude:.5f}",
        translated("(a map, opens a new page)"),
    )


def _camera(shot: Shot) -> str | None:
    found = _capture(shot)
    make, model = found.camera_make or "", found.camera_model or ""
    named = model if model.lower().startswith(make.lower()) else f"{make} {model}"
    serial = ""
    if found.camera_serial:
        serial = translated("serial number %(number)s") % {"number": found.camera_serial}
    return ", ".join(part for part in (named.strip(), serial) if part) or None


def _credentials(shot: Shot) -> str | None:
    found = _capture(shot)
    if found.credentials is None:
        return None
    said = translated("carries Content Credentials (not verified here)")
    by = translated("made by %(program)s") % {"program": found.credentials_by} if found.credentials_by else ""
    return ", ".join(part for part in (said, by) if part)


def _source(shot: Shot) -> str | None:
    kind = (_capture(shot).digital_source_type or "").rpartition("/")[2]
    return translated(SOURCES[kind]) if kind in SOURCES else kind or None


def _document(shot: Shot) -> str | None:
    found = _capture(shot)
    made = ""
    if found.derived_from:
        made = translated("made from %(document)s") % {"document": found.derived_from}
    return ", ".join(part for part in (found.document_id, made) if part) or None


def _rights(shot: Shot) -> str | None:
    found = _capture(shot)
    return ", ".join(part for part in (found.creator, found.rights) if part) or None


def _sent(field: str) -> Callable[[Shot], str | None]:
    """What the occurrence says in a field."""
    return lambda shot: getattr(shot.occurrence, field) if shot.occurrence else None


def _received(shot: Shot) -> Markup | None:
    return moment(shot.occurrence.seen_at) if shot.occurrence else None


def _file(shot: Shot) -> str | None:
    return f"{shot.occurrence.content[:12]}…" if shot.occurrence and shot.occurrence.content else None


_AGENCY = N_("Agency")
_FACTS: tuple[tuple[str, Callable[[Shot], str | Markup | None]], ...] = (
    (N_("Name"), lambda shot: shot.name),
    (N_("Taken"), _taken),
    (N_("Place"), _place),
    (N_("Pixels"), _pixels),
    (N_("Size"), _bytes),
    (N_("Format"), _format),
    (N_("Camera"), _camera),
    (N_("Software"), lambda shot: _capture(shot).software),
    (N_("Credentials"), _credentials),
    (N_("Digital source"), _source),
    (N_("Document identifier"), _document),
    (N_("Rights"), _rights),
    (_AGENCY, _sent("agency")),
    (N_("Case"), _sent("case_id")),
    (N_("Received"), _received),
    (N_("Sent by"), _sent("uploader")),
    (N_("Came from"), _sent("source")),
    (N_("Category"), _sent("category")),
    (N_("File, SHA-256"), _file),
)


def _apart(label: str, left: Shot, right: Shot) -> str:
    if label == "Place":
        return _metres(_capture(left).gps, _capture(right).gps)
    if label == "Received" and left.occurrence and right.occurrence:
        return _between(left.occurrence.seen_at, right.occurrence.seen_at)
    if label == "Taken":
        moments = list(_moments(left, right))
        if len(moments) == 2 and (moments[0].tzinfo is None) == (moments[1].tzinfo is None):
            return _between(*moments)
    return ""


def _moments(*shots: Shot) -> Iterator[datetime]:
    for shot in shots:
        try:
            yield datetime.fromisoformat(_capture(shot).taken_at or "")
        except ValueError:
            continue


def _between(one: datetime, other: datetime) -> str:
    if abs(one - other) < _NOTABLE:
        return ""
    return translated("%(time)s apart") % {"time": age(abs(one - other))}


def _metres(one: tuple[float, float] | None, other: tuple[float, float] | None) -> str:
    """How far apart two places are, along the surface (haversine)."""
    if one is None or other is None or one == other:
        return ""
    (lat1, lon1), (lat2, lon2) = ((radians(a), radians(b)) for a, b in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    metres = 2 * EARTH_METRES * asin(min(1.0, sqrt(half)))
    far = f"{metres / 1000:,.1f} km" if metres >= 1000 else f"{metres:,.0f} m"
    return translated("%(distance)s apart") % {"distance": far}
