"""``GET /v1/upload-requirements``: what may be sent here, from what the gate itself goes by."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from onecopy.decode.formats import CONTAINERS, IMAGES
from onecopy.pipelines.gate import Gate
from onecopy.pipelines.gate.context import LARGEST_METADATA, LONGEST_NAME
from onecopy.service.api.examples import example
from onecopy.service.api.fields import FIELDS
from onecopy.service.api.models import problems
from onecopy.service.auth import Known
from onecopy.service.repeats import LONGEST
from onecopy.service.settings import Settings

router = APIRouter(prefix="/v1", tags=["gate"])

_EXAMPLE: dict[str, Any] = {
    "limits": {
        "bytes": 1073741824,
        "unpacked_bytes": 1073741824,
        "pixels": 150000000,
        "pages": 2000,
        "images": 5000,
        "nesting": 4,
        "seconds": 60.0,
        "idle_seconds": 30.0,
        "metadata_bytes": 8192,
    },
    "formats": [
        {
            "name": "heic",
            "label": "HEIC",
            "media_type": "image/heic",
            "container": False,
            "readable": False,
            "install": "pip install 'onecopy[heic]'",
        }
    ],
    "fields": [
        {
            "name": "case",
            "required": True,
            "longest": 200,
            "about": "What it belongs to.",
            "example": "24016-00001",
        }
    ],
    "names": {"longest": 1024, "path": "dropped", "unstorable": "percent-encoded"},
    "digests": ["sha-256"],
    "idempotency": {"longest": 255, "hours": 48.0},
}


class UploadLimits(BaseModel):
    """What one upload may cost. Beyond ``bytes`` it is refused; what breaks another limit is kept unread."""

    bytes: int = Field(description="Of the file.")
    unpacked_bytes: int = Field(description="All that is unpacked from it.")
    pixels: int = Field(description="Of one image.")
    pages: int = Field(description="Of one document, or frames of one image.")
    images: int = Field(description="In one file.")
    nesting: int = Field(description="Containers inside containers.")
    seconds: float = Field(description="For reading it.")
    idle_seconds: float = Field(description="Without a byte, before an upload is dropped.")
    metadata_bytes: int = Field(description="Of the field 'metadata', as JSON.")


class ReadFormat(BaseModel):
    """A format. What is not read is kept all the same, and matched by its bytes."""

    name: str
    label: str
    media_type: str
    container: bool = Field(description="Whether the images in it are looked at one by one.")
    readable: bool = Field(description="Whether it is read here.")
    install: str | None = Field(None, description="What makes it readable, for whoever runs the service.")


class UploadField(BaseModel):
    """A field of an upload."""

    name: str
    required: bool
    longest: int = Field(description="Characters; of 'metadata', bytes.")
    about: str
    example: str


class Names(BaseModel):
    """What becomes of names of files."""

    longest: int = Field(description="Characters.")
    path: str = Field(description="What becomes of folders before a name.")
    unstorable: str = Field(description="What becomes of zero bytes, and of bytes that are not UTF-8.")


class Idempotency(BaseModel):
    """How requests are told to be one."""

    longest: int = Field(description="Characters of an Idempotency-Key.")
    hours: float = Field(description="How long first answers are kept, at least.")


class Requirements(BaseModel):
    """What may be sent."""

    model_config = example(_EXAMPLE)
    limits: UploadLimits
    formats: list[ReadFormat]
    fields: list[UploadField]
    names: Names
    digests: list[str] = Field(description="Algorithms of Repr-Digest that are verified.")
    idempotency: Idempotency


@router.get("/upload-requirements", response_model=Requirements, responses=problems(401, 503))
def requirements(request: Request, _: Known) -> Requirements:
    """What may be sent here: limits, formats, fields, names. Portals may check it before they upload."""
    gate: Gate = request.app.state.gate
    settings: Settings = request.app.state.settings
    limits = gate.limits
    return Requirements(
        limits=UploadLimits(
            bytes=limits.file_bytes,
            unpacked_bytes=limits.unpacked_bytes,
            pixels=limits.pixels,
            pages=limits.pages,
            images=limits.images,
            nesting=limits.nesting,
            seconds=limits.seconds,
            idle_seconds=settings.idle_seconds,
            metadata_bytes=LARGEST_METADATA,
        ),
        formats=[
            ReadFormat(
                name=one.name,
                label=one.label,
                media_type=one.media_type,
                container=one.container,
                readable=one.readable,
                install=None if one.readable else f"pip install 'onecopy[{one.extra}]'",
            )
            for one in (*IMAGES, *CONTAINERS)
        ],
        fields=[
            UploadField(
                name=one.name,
                required=one.required,
                longest=one.longest,
                about=one.about,
                example=one.example,
            )
            for one in FIELDS
        ],
        names=Names(longest=LONGEST_NAME, path="dropped", unstorable="percent-encoded"),
        digests=["sha-256"],
        idempotency=Idempotency(longest=LONGEST, hours=settings.idempotency_hours),
    )
