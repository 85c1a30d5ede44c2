"""Members of a question as they are shown: the occurrence, its image, and how to ask for its picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import Connection

from onecopy import locator
from onecopy.catalog import images
from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Part
from onecopy.report.words import title
from onecopy.review.show import ShownMember
from onecopy.service.pages.words import translated


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """An image of an occurrence, as people see it. ``image`` is ``None`` where there is no picture."""

    position: int
    part: Part
    occurrence: Occurrence | None
    """``None`` where it is another agency's that does not show it."""
    inner: str
    image: StoredImage | None
    foreign: bool = False
    """It is another agency's: neither its bytes nor its pictures are to be had."""
    copies: tuple["Shot", ...] = ()
    """What is linked to it already, and folded under it."""

    @property
    def positions(self) -> tuple[int, ...]:
        """Its position and those of its copies."""
        return tuple(shot.position for shot in (self, *self.copies))

    @property
    def name(self) -> str:
        """What to call it: ``permit.pdf, page 3``."""
        if self.occurrence is None:
            return translated("A picture of another agency")
        return title(locator.quote(self.occurrence.name) + self.inner)

    @property
    def public_id(self) -> str:
        """The occurrence's name in addresses; empty where it is not shown."""
        return self.occurrence.public_id if self.occurrence else ""

    @property
    def address(self) -> str:
        """Where its pictures are."""
        return f"/v1/occurrences/{self.public_id}"

    @property
    def size(self) -> tuple[int, int]:
        """Pixels across and down."""
        if self.image is None:
            return 4, 3
        return self.image.fingerprint.width, self.image.fingerprint.height

    def picture(self, side: int) -> str:
        """The address of a rendition."""
        return f"{self.address}/picture?side={side}&inner={quote(self.inner, safe='')}"


def of_members(
    connection: Connection, members: Sequence[ShownMember], *, pictured: bool = True
) -> tuple[Shot, ...]:
    """The members as they are shown, those that were there first at the front.

    Args:
        connection: Of any transaction.
        members: Which.
        pictured: Whether whoever looks may see pictures.
    """
    mine = [shown.member.place for shown in members if pictured and not shown.foreign]
    found = images.at_places(connection, mine)
    shots = [
        Shot(
            position=shown.member.position,
            part=shown.member.role,
            occurrence=shown.occurrence,
            inner=shown.member.inner,
            image=None if shown.foreign else found.get(shown.member.place),
            foreign=shown.foreign,
        )
        for shown in members
    ]
    return tuple(sorted(shots, key=lambda shot: (shot.part is not Part.EARLIER, shot.position)))
