"""One sentence as what it says, and saying it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from onecopy.sayings.speaker import ENGLISH, Speaker
from onecopy.sayings.texts import FIRST, NUMBERS, PAIR, SECOND, TEXTS
from onecopy.spoken import called

Values = dict[str, Any]
"""Plain types. What some names hold is said in a way of their own:

``num``     a number; of a text that has two forms it chooses one, and ``count`` is the same number as a word
``share``   0 to 1, said in per cent
``day``     ISO 8601, said as a day; ``moment``: with the time
``names``   a list, of which the last two are joined by a word
``how``     a list of sayings that are parts of the sentence
``what``    a saying that is a sentence
``flipped`` the text's "the first" is the second, and the other way round
"""


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence as what it says: a stable code, and the values that are in it."""

    code: str
    values: Values = field(default_factory=dict)


def said(code: str, /, **values: Any) -> Saying:
    """A sentence; of values that are moments or sayings the plain types are kept."""
    return Saying(code, {name: _plain(value) for name, value in values.items()})


def flipped(one: Saying) -> Saying:
    """The same of a pair that is looked at from its other side."""
    values = {name: value for name, value in one.values.items() if name != "flipped"}
    return replace(one, values=values if one.values.get("flipped") else values | {"flipped": True})


def heard(plain: Any) -> Saying | None:
    """A sentence from plain types, as it was stored; ``None`` for what is none, or of a later version."""
    if isinstance(plain, Saying):
        plain = {"code": plain.code, "values": plain.values}
    if not isinstance(plain, Mapping) or plain.get("code") not in TEXTS:
        return None
    return Saying(plain["code"], dict(plain.get("values") or {}))


def say(one: Saying, speaker: Speaker = ENGLISH, *, first: str = "", second: str = "") -> str:
    """The sentence in a language, with a capital.

    Args:
        one: What it says.
        speaker: Of the language.
        first: What to call the first of two, if not that.
        second: What to call the second.

    Raises:
        KeyError: It has no such code, or lacks a value.
    """
    sentence = _filled(one, speaker, first or speaker.text(FIRST), second or speaker.text(SECOND))
    return sentence[:1].upper() + sentence[1:]


def english(sayings: Iterable[Saying]) -> tuple[str, ...]:
    """Sentences in English, as they are stored and answered."""
    return tuple(say(one) for one in sayings)


def all_of(sayings: Sequence[Saying], words: Sequence[str]) -> Sequence[Saying]:
    """What sentences say; where that was not kept beside their words, the words themselves, quoted."""
    return sayings if len(sayings) == len(words) else [said("quoted", words=one) for one in words]


def told(*sayings: Saying) -> Mapping[str, Any]:
    """What evidence has of sentences: ``words``, and what they say."""
    return {"words": english(sayings), "said": sayings}


def _filled(one: Saying, speaker: Speaker, first: str, second: str) -> str:
    values = one.values
    names = (second, first) if values.get("flipped") else (first, second)
    if one.code == "quoted":
        return called(values["words"], *(names if speaker.is_english else _in_english(one)))
    text, number = TEXTS[one.code], values.get("num")
    template = speaker.text(text) if isinstance(text, str) else speaker.counted(*text, int(number or 0))
    said_as = {name: _value(name, value, speaker, *names) for name, value in values.items()}
    if number is not None:
        said_as["count"] = speaker.text(NUMBERS[number]) if number < len(NUMBERS) else f"{number:,}"
    return template % (said_as | {"first": names[0], "second": names[1]})


def _in_english(one: Saying) -> tuple[str, str]:
    return (SECOND, FIRST) if one.values.get("flipped") else (FIRST, SECOND)


def _value(name: str, value: Any, speaker: Speaker, first: str, second: str) -> str:
    part = heard(value)
    if part is not None:
        return (
            say(part, speaker, first=first, second=second)
            if name == "what"
            else _filled(part, speaker, first, second)
        )
    if name == "share":
        return speaker.share(float(value))
    if name in ("day", "moment"):
        at = datetime.fromisoformat(value)
        return speaker.day(at) if name == "day" else speaker.moment(at)
    if name == "names":
        *most, last = value
        return speaker.text(PAIR) % {"one": ", ".join(most), "other": last} if most else str(last)
    if name == "how":
        parts = filter(None, map(heard, value))
        return ", ".join(_filled(each, speaker, first, second) for each in parts)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Saying):
        return {"code": value.code, "values": value.values}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
