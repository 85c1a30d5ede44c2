"""Digests of image data, taken only where a look-up hint says that two images may share it."""

from collections.abc import Collection, Iterable, Iterator

from onecopy.catalog import images
from onecopy.catalog.images import StoredImage
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.fingerprint.interface import DIGEST_IMAGE_DATA, DigestArgs
from onecopy.model import Limits
from onecopy.pipelines.scan.places import Places
from onecopy.sandbox.interface import Call
from onecopy.sources.interface import Handle


def digest(
    catalog: Catalog, engine: Engine, places: Places, wanted: Collection[StoredImage], limits: Limits
) -> None:
    """Take the digests of images that have none, and put them into the catalog.

    An image that cannot be read any more stays without: then its pixels decide.
    """
    handles = places.handles(catalog, {one.content for one in wanted})
    calls = _calls(wanted, handles, limits)
    made: dict[int, str] = {}
    contents = {one.id: one.content for one in wanted}
    for outcome in engine.run(DIGEST_IMAGE_DATA, calls):
        number = int(str(outcome.key))
        if outcome.result is not None and handles[contents[number]].unchanged():
            made[number] = outcome.result.image_data_sha256
    with catalog.write() as connection:
        images.set_image_data_sha256(connection, made)


def _calls(
    wanted: Iterable[StoredImage], handles: dict[str, Handle], limits: Limits
) -> Iterator[Call[DigestArgs]]:
    for one in wanted:
        args = DigestArgs(inner=one.inner, limits=limits)
        yield Call(key=one.id, files=(handles[one.content],), args=args, seconds=limits.seconds)
