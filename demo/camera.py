"""From light to a JPEG file: exposure, grain, tone, EXIF."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

import cv2
import numpy as np
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from demo.render import Bytes, Floats


@dataclass(frozen=True)
class Phone:
    make: str
    model: str
    serial: str
    software: str
    warmth: float = 1.0
    quality: int = 90


OWNER = Phone("Pelham", "P5 Mini", "PM5-20117", "P5 3.2.1", 1.02)
CONTRACTOR = Phone("Norlite", "N12 Rugged", "N12R-88412", "NorliteCam 9", 0.98)
INSPECTOR = Phone("Pelham", "P7", "PM7-01163", "P7 1.0.4", 1.0)


def develop(light: Floats, phone: Phone, seed: int, *, exposure: float = 1.0, grain: float = 1.0) -> Bytes:
    """Make a photograph of rendered light. Each seed is another capture: its grain is its own."""
    rng = np.random.default_rng(seed)
    height, width = light.shape[:2]
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    falloff = (1 - 0.16 * (x**2 + y**2)).astype(np.float32)[..., None]
    linear = light * falloff * (exposure * np.array([phone.warmth, 1, 1 / phone.warmth], np.float32))
    linear = cv2.GaussianBlur(linear, (0, 0), 0.55)
    glow = cv2.GaussianBlur(
        cv2.resize(linear, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), (0, 0), 6
    )
    linear = 0.94 * linear + 0.06 * cv2.resize(glow, (width, height))
    shot = rng.standard_normal(linear.shape, dtype=np.float32)
    shot = 0.75 * shot + 0.35 * cv2.GaussianBlur(shot, (0, 0), 1.0) * 2
    linear = linear + shot * (grain * 0.011) * np.sqrt(np.clip(linear, 0, 2) + 0.01)
    linear = np.clip(linear, 0, None)
    toned = np.where(linear < 0.7, linear, 0.7 + 0.3 * np.tanh((linear - 0.7) / 0.45))
    display = np.clip(toned, 0, 1) ** (1 / 2.2)
    display = display - 0.027 * np.sin(2 * np.pi * display)
    soft = cv2.GaussianBlur(display, (0, 0), 1.2)
    return np.clip((display + 0.35 * (display - soft)) * 255 + 0.5, 0, 255).astype(np.uint8)


def exif(phone: Phone, taken: datetime, *, gps: tuple[float, float] | None = None) -> Image.Exif:
    """Camera, time with offset and fractions of a second, and place."""
    tags = Image.Exif()
    stamp = taken.strftime("%Y:%m:%d %H:%M:%S")
    tags[Base.Make], tags[Base.Model] = phone.make, phone.model
    tags[Base.Software], tags[Base.DateTime] = phone.software, stamp
    inner = tags.get_ifd(IFD.Exif)
    inner[Base.DateTimeOriginal] = inner[Base.DateTimeDigitized] = stamp
    inner[Base.SubsecTimeOriginal] = f"{taken.microsecond // 10_000:02d}"
    inner[Base.OffsetTimeOriginal] = "-07:00"
    inner[Base.BodySerialNumber] = phone.serial
    if gps is not None:
        place = tags.get_ifd(IFD.GPSInfo)
        for value, ref, names, key in (
            (gps[0], GPS.GPSLatitudeRef, "SN", GPS.GPSLatitude),
            (gps[1], GPS.GPSLongitudeRef, "WE", GPS.GPSLongitude),
        ):
            place[ref] = names[value >= 0]
            degrees, rest = divmod(abs(value), 1)
            minutes, rest = divmod(rest * 60, 1)
            place[key] = (degrees, minutes, round(rest * 60, 2))
    return tags


def jpeg(pixels: Bytes, *, quality: int, tags: Image.Exif | None = None) -> bytes:
    stream = io.BytesIO()
    extra = {} if tags is None else {"exif": tags.tobytes()}
    Image.fromarray(pixels).save(
        stream, "JPEG", quality=quality, subsampling=2 if quality < 90 else 0, **extra
    )
    return stream.getvalue()


def clock(start: datetime, step: int) -> datetime:
    """A later moment the same day; irregular, as people walk."""
    return start + timedelta(seconds=step * 47 + (step * step * 13) % 29, milliseconds=step * 370 % 1000)
