"""Numbers, sizes and names as a person reads them."""

import re
import unicodedata

from onecopy import locator
from onecopy.model import Relation

NAMES = {
    Relation.SAME_BYTES: "Identical file",
    Relation.SAME_DATA: "Identical picture",
    Relation.SAME_IMAGE: "Same image, saved again",
    Relation.EDITED: "Edited or cropped",
    Relation.UNCLEAR: "Unclear",
    Relation.SAME_SCENE: "Same scene",
    Relation.SAME_FORM: "Same form",
    Relation.DISTINCT: "Different",
}

MEANINGS = {
    Relation.SAME_BYTES: "Every byte is equal.",
    Relation.SAME_DATA: "Every pixel is equal; only the metadata or the container differs.",
    Relation.SAME_IMAGE: "One capture or one sheet of paper, encoded again: resized, recompressed, "
    "converted, turned or re-scanned. Framing and content are unchanged.",
    Relation.EDITED: "One capture or sheet, but its content or framing was changed. Never treated as a copy.",
    Relation.UNCLEAR: "Perhaps the same: what would decide cannot be seen. A person should look.",
    Relation.SAME_SCENE: "Different captures of one place, such as a burst or before and after. Not copies.",
    Relation.SAME_FORM: "One template, filled in differently. Different documents.",
    Relation.DISTINCT: "Near each other by hash, found different by their pixels.",
}

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")


def number(value: int) -> str:
    """With thousands separators: ``12,345``."""
    return f"{value:,}"


def count(value: int, one: str, many: str | None = None) -> str:
    """A number with its noun: ``1 image``, ``2,000 images``."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def size(value: int) -> str:
    """Bytes in decimal units with up to three digits: ``1 byte``, ``950 kB``, ``1.4 GB``."""
    if value < 1000:
        return count(value, "byte")
    amount, unit = float(value), 0
    # 999.5 would print as 1000 of its unit.
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if amount < 9.95 else f"{amount:,.0f} {_UNITS[unit]}"


def percent(share: float) -> str:
    """A share (0 to 1) in per cent; 0% and 100% only where they are exact."""
    bound, number = in_percent(share)
    return f"{bound} {number}%".lstrip()


def in_percent(share: float) -> tuple[str, str]:
    """A share (0 to 1) in per cent: ``under``, ``over`` or nothing, and the number."""
    value = share * 100
    if value in (0, 100):
        return "", f"{value:.0f}"
    if value < 0.1:
        return "under", "0.1"
    if value > 99.9:
        return "over", "99.9"
    return "", f"{value:.1f}" if value < 9.95 or value >= 99 else f"{value:.0f}"


def confidence(value: float) -> str:
    """A confidence (0 to 1) in per cent, rounded down so that it never promises more than it is."""
    return f"{int(value * 1000 + 1e-9) / 10:g}%"


def money(value: float) -> str:
    """US dollars: cents only below ten dollars."""
    if not value:
        return "$0"
    if 0 < value < 0.01:
        return "under $0.01"
    return f"${value:,.2f}" if value < 10 else f"${value:,.0f}"


def title(place: str) -> str:
    """What to call an occurrence, by its innermost name: ``permit.pdf, page 3, image 2``."""
    file, inner = locator.split(place)
    name = file.rstrip("/").rpartition("/")[2] or file
    where: list[str] = []
    for kind, value in locator.steps(inner):
        if kind == "member":
            name, where = locator.quote(value).rpartition("/")[2], []
        else:
            where += [part.replace("=", " ") for part in value.split("&")]
    return ", ".join([name, *where])


def visible(text: str) -> str:
    """Text with nothing invisible in it: controls and direction marks are shown as ``‹U+202E›``."""
    return text if text.isprintable() else re.sub(r"[^\x20-\x7e]", _shown, text)


def _shown(match: re.Match[str]) -> str:
    character = match[0]
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"‹U+{ord(character):04X}›"
    return character
