"""Reading back: occurrences, their bytes, their matches, and cases."""

from collections.abc import Iterator
from typing import Annotated, BinaryIO

import msgspec
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection
from starlette.responses import StreamingResponse

from onecopy.catalog import lists, occurrences, uploads
from onecopy.catalog.lists import Filter
from onecopy.pipelines import matches
from onecopy.pipelines.gate import Gate
from onecopy.pipelines.gate.reply import plain, received
from onecopy.service.api import cursors, digests, naming, ranges
from onecopy.service.api.disposition import attachment
from onecopy.service.api.models import (
    Case,
    Image,
    ImageMatches,
    Match,
    Matches,
    Occurrence,
    Received,
    problems,
)
from onecopy.service.api.models import occurrence as shown
from onecopy.service.auth import Caller, ContentReader, Reader
from onecopy.service.headers import HEAD
from onecopy.service.problems import ProblemError

router = APIRouter(prefix="/v1", tags=["reading"])

PIECE = 1 << 20
MOST = 1000
"""Occurrences of one case that are answered at once."""

_BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.get("/occurrences/{id}", response_model=Occurrence, responses=problems(401, 403, 404, 503))
def occurrence(request: Request, id: str, caller: Reader) -> Occurrence:
    """What is known of an occurrence."""
    gate: Gate = request.app.state.gate
    with gate.catalog.read() as connection:
        (one,) = lists.listed(connection, [_get(connection, id, caller)])
    return shown(one)


@router.get("/occurrences/{id}/matches", response_model=Matches, responses=problems(401, 403, 404, 503))
def all_matches(request: Request, id: str, caller: Reader) -> Matches:
    """What its images are to those of other occurrences, by all that is known today; it compares nothing.

    Later uploads are among them, which the reply to this one could not know.
    """
    gate: Gate = request.app.state.gate
    with gate.catalog.read() as connection:
        one = _get(connection, id, caller)
        found = matches.matches(connection, one, agency=caller.agency)
    return Matches(
        occurrence=Received(**msgspec.to_builtins(received(one))),
        images=[_image(image) for image in found.images],
        more=found.more,
    )


def _image(found: matches.ImageMatches) -> ImageMatches:
    seen = found.image.fingerprint
    image = Image(
        inner=found.image.inner,
        sha256=seen.sha256,
        width=seen.width,
        height=seen.height,
        format=seen.format,
    )
    return ImageMatches(
        **image.model_dump(), matches=[Match.model_validate(plain(one)) for one in found.matches]
    )


@router.get(
    "/occurrences/{id}/content",
    response_class=Response,
    openapi_extra={
        "parameters": [
            {
                "name": name,
                "in": "header",
                "schema": {"type": "string"},
                "description": about,
                "example": example,
            }
            for name, about, example in (
                ("Range", "One range of bytes.", "bytes=0-1023"),
                ("If-Range", "The range only of the content with this tag.", '"9f86d081…"'),
                ("If-None-Match", "Nothing, if you hold the content with this tag.", '"9f86d081…"'),
            )
        ]
    },
    responses={
        200: {"description": "The bytes as received; Repr-Digest is theirs.", "content": _BINARY},
        206: {"description": "Some of them.", "content": _BINARY},
        304: {"description": "You hold them."},
        **problems(401, 403, 404, 410, 416, 503),
    },
)
def content(request: Request, id: str, caller: ContentReader) -> Response:
    """The original bytes, under the original name; all of them, or one range."""
    gate: Gate = request.app.state.gate
    with gate.catalog.read() as connection:
        one = _get(connection, id, caller)
        size = uploads.size(connection, one.content or "")
    sha256 = one.content or ""
    etag = ranges.tag(sha256)
    if ranges.unchanged(request.headers, etag):
        return Response(status_code=304, headers={"ETag": etag})
    head = HEAD in request.scope
    part = None if head else ranges.part(request.headers, size, etag)
    start, length = (part.start, part.size) if part is not None else (0, size)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": attachment(one.name),
        "Content-Length": str(length),
        "Content-Type": "application/octet-stream",
        "ETag": etag,
        "Repr-Digest": digests.header(sha256),
    } | ({"Content-Range": part.header()} if part is not None else {})
    file = gate.vault.open(sha256)
    if head:
        file.close()
        return Response(headers=headers)
    return StreamingResponse(_pieces(file, start, length), 206 if part is not None else 200, headers)


@router.get("/cases/{id:path}", response_model=Case, responses=problems(401, 403, 404, 422, 503))
def case(
    request: Request,
    response: Response,
    id: str,
    caller: Reader,
    agency: Annotated[
        str | None,
        Query(description="Whose case it is, if the token is for all agencies.", examples=["building"]),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many occurrences, at most.")] = MOST,
    case: naming.Named = None,
) -> Case:
    """What was received for a case, oldest first.

    Encode the case for the address; a slash in it may stay or be %2F.
    """
    gate: Gate = request.app.state.gate
    id, whose = naming.case(id, case), (agency or caller.agency or "").strip()  # as they are kept
    found: list[lists.Listed] = []
    if caller.agency in (None, whose):
        with gate.catalog.read() as connection:
            wanted = Filter(agency=whose, case=id)
            found = lists.occurrences(connection, wanted, limit=limit + 1, oldest=True)
    if not found:
        detail = "There is no such case. If it is an agency's, add '?agency=' and its name."
        raise ProblemError(404, "not-found", detail)
    following = None
    if len(found) > limit:
        following = cursors.made("oldest", found[limit - 1].occurrence.public_id)
        more = {"agency": whose, "case": id, "order": "oldest", "cursor": following}
        response.headers["Link"] = cursors.link("/v1/occurrences", more)
    return Case(case=id, agency=whose, occurrences=[shown(one) for one in found[:limit]], next=following)


def _get(connection: Connection, public_id: str, caller: Caller) -> occurrences.Occurrence:
    one = uploads.get(connection, public_id, agency=caller.agency)
    if one is None:
        raise ProblemError(404, "not-found", "There is no such occurrence.")
    return one


def _pieces(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    with file:
        if start:
            file.seek(start)
        while length and (piece := file.read(min(PIECE, length))):
            length -= len(piece)
            yield piece
