"""The plain lists of the findings: every file that was met, and every image in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from onecopy.catalog import contents, images
from onecopy.catalog.files import KnownFile
from onecopy.catalog.images import Summary
from onecopy.findings import FoundContainer, FoundImage, Remark, Unreadable
from onecopy.pipelines.scan.places import Places
from onecopy.sources.interface import Left


@dataclass(frozen=True, slots=True)
class Place:
    """A file that holds a content: its locator, its size, and which file of the disk it is."""

    locator: str
    bytes: int
    disk: tuple[int, int]
    mtime_ns: int


@dataclass(slots=True, kw_only=True)
class Lists:
    """What the files are, sorted by locator."""

    places: dict[str, list[Place]] = field(default_factory=dict)
    """By content; a hard link is a place of its own."""
    images: list[FoundImage] = field(default_factory=list)
    containers: list[FoundContainer] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    unmatchable: list[Remark] = field(default_factory=list)
    skipped: list[Remark] = field(default_factory=list)
    by_number: dict[int, Summary] = field(default_factory=dict)
    """Every image by the catalog's number."""
    files: int = 0
    bytes: int = 0
    """On disk: a file with several names counts once."""

    def add_file(self, file: KnownFile, locator: str) -> None:
        """A file that was met; one without content could not be read."""
        self.files += 1
        if file.content is not None:
            size, mtime_ns, inode, device = file.state
            place = Place(locator, size, (device, inode), mtime_ns)
            self.places.setdefault(file.content, []).append(place)
        elif file.problem is not None:
            code, message = file.problem
            self.unreadable.append(Unreadable(locator=locator, code=code, message=message))

    def add_image(self, image: Summary) -> None:
        """An image, at every place where its content is."""
        self.by_number[image.id] = image
        for place in self.places[image.content]:
            locator = place.locator + image.inner
            self.images.append(
                FoundImage(
                    locator=locator,
                    sha256=image.sha256,
                    image_data_sha256=image.image_data_sha256,
                    bytes=image.byte_size,
                    width=image.width,
                    height=image.height,
                    format=image.format,
                )
            )
            if image.unmatchable is not None:
                self.unmatchable.append(Remark(locator=locator, reason=image.unmatchable))

    def add_left(self, left: Iterable[Left]) -> None:
        """What the sources did not hand out."""
        for one in left:
            if one.code is None:
                self.skipped.append(Remark(locator=one.locator, reason=one.reason))
            else:
                self.unreadable.append(Unreadable(locator=one.locator, code=one.code, message=one.reason))

    def at(self, image: int) -> list[tuple[Place, str]]:
        """Where an image is: the files, sorted by locator, and the image's locator in each."""
        one = self.by_number[image]
        return [(place, place.locator + one.inner) for place in self.places[one.content]]

    def home(self, image: int) -> str:
        """The first locator of an image."""
        one = self.by_number[image]
        return self.places[one.content][0].locator + one.inner

    def since(self, image: int) -> float:
        """When the oldest file that holds an image was last changed, in seconds since 1970."""
        return min(place.mtime_ns for place in self.places[self.by_number[image].content]) / 1e9

    def sort(self) -> None:
        """Put everything into its order."""
        for found in (self.images, self.containers, self.unreadable, self.unmatchable, self.skipped):
            found.sort(key=lambda one: one.locator)


def lists(connection: Connection, places: Places, left: Iterable[Left]) -> Lists:
    """Collect the lists of a scan from the catalog."""
    made = Lists()
    for file in places.all(connection):
        made.add_file(file, places.locator(file.absolute))
    on_disk = {place.disk: place.bytes for held in made.places.values() for place in held}
    made.bytes = sum(on_disk.values())
    for held in made.places.values():
        held.sort(key=lambda place: place.locator)
    for image in images.summaries(connection, made.places):
        made.add_image(image)
    _add_contents(connection, made)
    made.add_left(left)
    made.sort()
    return made


def _add_contents(connection: Connection, made: Lists) -> None:
    for sha256, container in contents.containers(connection, made.places):
        for locator in _everywhere(made, sha256, container.inner):
            found = FoundContainer(locator=locator, format=container.format, images=container.images)
            made.containers.append(found)
    for sha256, problem in contents.problems(connection, made.places):
        for locator in _everywhere(made, sha256, problem.inner):
            made.unreadable.append(Unreadable(locator=locator, code=problem.code, message=problem.message))
    for sha256, skipped in contents.skipped(connection, made.places):
        for locator in _everywhere(made, sha256, skipped.inner):
            made.skipped.append(Remark(locator=locator, reason=skipped.reason))


def _everywhere(made: Lists, sha256: str, inner: str) -> Iterator[str]:
    return (place.locator + inner for place in made.places[sha256])
