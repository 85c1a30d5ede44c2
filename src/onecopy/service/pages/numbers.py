"""Figures in words of the language that is spoken; as in the report where that is English."""

from onecopy.report import words as figures
from onecopy.service.pages.words import N_, translated

_SHARES = {"": N_("%(number)s%%"), "under": N_("under %(number)s%%"), "over": N_("over %(number)s%%")}
_CENT = N_("under %(amount)s")


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
