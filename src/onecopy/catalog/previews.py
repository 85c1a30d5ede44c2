"""Small pictures of images, kept so that a report on an unchanged archive reads no image again."""

from sqlalchemy import Connection, select

from onecopy.catalog.batches import insert_missing
from onecopy.catalog.schema import preview


def get(connection: Connection, image: int, longest_side: int) -> bytes | None:
    """The JPEG of an image, made for this size, if there is one."""
    query = select(preview.c.jpeg)
    return connection.scalar(query.where(preview.c.image == image, preview.c.longest_side == longest_side))


def put(connection: Connection, image: int, longest_side: int, jpeg: bytes) -> None:
    """Keep the JPEG of an image."""
    insert_missing(connection, preview, [{"image": image, "longest_side": longest_side, "jpeg": jpeg}])
