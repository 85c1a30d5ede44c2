"""Pictures of what was uploaded, for people to look at: renditions, tiles, pages and differences.

Decoded in workers and encoded anew, so that nothing of an upload's own bytes reaches a browser. Who may see
one is decided by the occurrence it is asked for through, before anything is looked up or made.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from onecopy.catalog import contents, images, uploads, verdicts
from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.decode.tiling import MOST_LEVELS, OVERLAP, TILE, exists
from onecopy.errors import UnreadableError
from onecopy.model import Verdict
from onecopy.pipelines.gate import Gate
from onecopy.service.api.examples import example
from onecopy.service.api.models import problems
from onecopy.service.auth import Caller, ContentReader
from onecopy.service.pictures import making
from onecopy.service.pictures.making import SIDES, Order
from onecopy.service.pictures.studio import Studio
from onecopy.service.problems import ProblemError
from onecopy.verify.interface import VERIFY_VERSION

router = APIRouter(prefix="/v1/occurrences", tags=["pictures"])

_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "Vary": "Authorization, Cookie",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Content-Disposition": "inline",
}
_EXAMPLE: dict[str, Any] = {
    "inner": "#page=3&image=1",
    "width": 9933,
    "height": 7016,
    "format": "pdf-image",
    "tile": TILE,
    "overlap": OVERLAP,
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The picture.", "content": {"image/jpeg": {}, "image/png": {}}},
    304: {"description": "It is the one you have."},
    **problems(401, 403, 404, 422, 429, 503),
}

Inner = Annotated[str, Query(max_length=4096, description="Its place in the file; the file itself without.")]
Side = Annotated[
    int, Query(ge=1, le=SIDES[-1], description="The longest side in pixels, or the next larger.")
]
Number = Annotated[int, Path(ge=0, le=1 << 20)]


class Shown(BaseModel):
    """A picture in a file: where, how large (as displayed, in pixels), and how it is divided into tiles."""

    model_config = example(_EXAMPLE)
    inner: str
    width: int
    height: int
    format: str
    tile: int = TILE
    overlap: int = OVERLAP


class Pictures(BaseModel):
    """The pictures in a file, in their order there; and the documents whose pages can be drawn."""

    model_config = example({"pictures": [_EXAMPLE], "documents": [""]})
    pictures: list[Shown]
    documents: list[str]


@router.get("/{id}/pictures", response_model=Pictures, responses=problems(401, 403, 404, 503))
def pictures(request: Request, id: str, caller: ContentReader) -> Pictures:
    """Which pictures there are to look at."""
    gate: Gate = request.app.state.gate
    with gate.catalog.read() as connection:
        content = _occurrence(connection, id, caller).content or ""
        found = [
            Shown(inner=one.inner, width=one.width, height=one.height, format=one.format)
            for one in images.summaries(connection, [content])
        ]
        inside = [one.inner for _, one in contents.containers(connection, [content]) if one.format == "pdf"]
    return Pictures(pictures=found, documents=inside)


@router.get("/{id}/picture", response_class=Response, responses=_ANSWERS)
async def picture(
    request: Request, id: str, caller: ContentReader, inner: Inner = "", side: Side = 1280
) -> Response:
    """A picture, whole: upright, in sRGB, no larger than asked for."""

    def order(gate: Gate, connection: Connection) -> Order:
        one = _image(connection, _occurrence(connection, id, caller), inner)
        return making.rendition(gate, one.content, one.inner, side)

    return await _answer(request, caller, order)


@router.get("/{id}/tiles/{level}/{column}/{row}", response_class=Response, responses=_ANSWERS)
async def tile(
    request: Request,
    id: str,
    level: Annotated[int, Path(ge=0, le=MOST_LEVELS, description="0 is full size, each further one half.")],
    column: Number,
    row: Number,
    caller: ContentReader,
    inner: Inner = "",
) -> Response:
    """A part of a picture: tiles of 512 pixels from the top left, one pixel wider than their distance."""

    def order(gate: Gate, connection: Connection) -> Order:
        one = _image(connection, _occurrence(connection, id, caller), inner)
        if not exists(one.fingerprint.width, one.fingerprint.height, level, column, row):
            raise ProblemError(404, "not-found", "The picture has no such part.")
        return making.tile(gate, one.content, one.inner, level, column, row)

    return await _answer(request, caller, order)


@router.get("/{id}/pages/{number}", response_class=Response, responses=_ANSWERS)
async def page(
    request: Request,
    id: str,
    number: Annotated[int, Path(ge=1, le=1 << 20, description="From 1.")],
    caller: ContentReader,
    inner: Inner = "",
    side: Side = 1280,
) -> Response:
    """A page of a PDF, drawn whole."""

    def order(gate: Gate, connection: Connection) -> Order:
        content = _occurrence(connection, id, caller).content or ""
        found = contents.containers(connection, [content])
        if not any(one.format == "pdf" and one.inner == inner for _, one in found):
            raise ProblemError(404, "not-found", "There is no such document.")
        return making.page(gate, content, inner, number, side)

    return await _answer(request, caller, order)


@router.get("/{id}/differences/{other}", response_class=Response, responses=_ANSWERS)
async def difference(
    request: Request,
    id: str,
    other: str,
    caller: ContentReader,
    inner: Inner = "",
    other_inner: Inner = "",
) -> Response:
    """Two pictures that were compared, and where they differ: side by side, with the regions marked."""

    def order(gate: Gate, connection: Connection) -> Order:
        a, b = verdicts.ordered(
            _image(connection, _occurrence(connection, id, caller), inner),
            _image(connection, _occurrence(connection, other, caller), other_inner),
        )
        return making.difference(gate, a, b, _verdict(connection, a, b))

    return await _answer(request, caller, order)


def _occurrence(connection: Connection, public_id: str, caller: Caller) -> Occurrence:
    one = uploads.get(connection, public_id, agency=caller.agency)
    if one is None:
        raise ProblemError(404, "not-found", "There is no such occurrence.")
    return one


def _image(connection: Connection, one: Occurrence, inner: str) -> StoredImage:
    number = images.number(connection, one.content or "", inner)
    if number is None:
        raise ProblemError(404, "not-found", "There is no such picture in it.")
    return images.by_ids(connection, [number], features=False)[number]


def _verdict(connection: Connection, a: StoredImage, b: StoredImage) -> Verdict:
    for _, verdict in verdicts.known(connection, [(a.id, b.id)], version=VERIFY_VERSION):
        return verdict
    raise ProblemError(404, "not-compared", "These two were not compared by their pixels.")


async def _answer(request: Request, caller: Caller, order: Callable[[Gate, Connection], Order]) -> Response:
    """Look up who may see what, then give it: from the browser, from what is kept, or freshly made."""
    gate: Gate = request.app.state.gate
    studio: Studio = request.app.state.studio

    def looked_up() -> Order:
        with gate.catalog.read() as connection:
            return order(gate, connection)

    wanted = await run_in_threadpool(looked_up)
    etag = f'"{wanted.name[:32]}"'
    if etag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=_HEADERS | {"ETag": etag})
    try:
        data = await studio.get(wanted.name, wanted.make, batch=wanted.batch, caller=caller.name)
    except UnreadableError as error:
        raise ProblemError(404 if error.code == "vanished" else 422, error.code, error.message) from None
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return Response(data, media_type=kind, headers=_HEADERS | {"ETag": etag})
