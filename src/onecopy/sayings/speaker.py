"""Who says sentences: what differs from language to language apart from the texts themselves."""

from datetime import datetime

from onecopy.spoken import day


class Speaker:
    """Says sentences in English. Other languages change what they say otherwise."""

    is_english = True

    def text(self, text: str) -> str:
        """A text in the language."""
        return text

    def counted(self, one: str, many: str, number: int) -> str:
        """One of two texts, as the number wants it."""
        return one if number == 1 else many

    def share(self, share: float) -> str:
        """A share (0 to 1) in per cent."""
        return f"{share:.0%}"

    def day(self, at: datetime) -> str:
        """A day."""
        return day(at)

    def moment(self, at: datetime) -> str:
        """A day and a time in UTC."""
        return f"{day(at)} at {at:%H:%M} UTC"


ENGLISH = Speaker()
