"""Figures and days in words of the language that is spoken; English figures are as in the report."""

from datetime import UTC, datetime

from onecopy.report import words as figures
from onecopy.service.pages.words import N_, translated

_SHARES = {"": N_("%(number)s%%"), "under": N_("under %(number)s%%"), "over": N_("over %(number)s%%")}
_CENT = N_("under %(amount)s")
_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


def percent(share: float) -> str:
    """A share (0 to 1) in per cent; 0% and 100% only where they are exact."""
    bound, number = figures.in_percent(share)
    return translated(_SHARES[bound]) % {"number": number}


def confidence(value: float) -> str:
    """A confidence (0 to 1) in per cent, rounded down so that it never promises more than it is."""
    return translated(_SHARES[""]) % {"number": figures.confidence(value).removesuffix("%")}


def money(value: float) -> str:
    """US dollars: cents only below ten dollars."""
    under, _, amount = figures.money(value).rpartition(" ")
    return translated(_CENT) % {"amount": amount} if under else amount


def day(at: datetime) -> str:
    """A day as people write it."""
    month = translated(_MONTHS[at.month - 1])
    named = {"month": month, "day": at.day, "year": at.year}
    return translated("%(month)s %(day)s, %(year)s") % named


def moment(at: datetime) -> str:
    """A day and a time, in UTC."""
    at = at.astimezone(UTC)
    return f"{day(at)}, {at:%H:%M} UTC"
