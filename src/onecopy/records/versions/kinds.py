"""Whether something that was sent is a document or a photograph: only documents have versions.

A photograph that was cropped or stamped is another picture beside the first, and a person's question; it is
no new state of a document.
"""

from collections.abc import Sequence
from enum import StrEnum

from onecopy.catalog.images import StoredImage
from onecopy.records.versions.names import parse


class Kind(StrEnum):
    """What is known before any pixels are compared."""

    DOCUMENT = "document"
    PHOTOGRAPH = "photograph"
    OPEN = "open"
    """A document if it is paper beside another image of the case, else a picture."""


_DOCUMENTS = frozenset({
    "plan", "plans", "drawing", "drawings", "elevation", "elevations", "survey", "application", "permit",
    "form", "card", "cards", "certificate", "letter", "report", "invoice", "contract", "consent", "affidavit",
    "checklist", "calculations", "calcs", "deed", "license", "licence", "notice", "agreement", "statement",
    "receipt", "document", "documents", "specification", "specifications",
})  # fmt: skip
_PICTURES = frozenset({
    "photo", "photos", "photograph", "photographs", "picture", "pictures", "snapshot", "screenshot", "selfie",
})  # fmt: skip
_GREY = frozenset({"1", "L", "P", "LA"})


def kind(name: str, category: str, images: Sequence[StoredImage]) -> Kind:
    """What something is by what its sender says, and by what its file is.

    Args:
        name: Of the file.
        category: The agency's word for it; may be empty.
        images: What is in it.
    """
    paged = any("#" in one.inner for one in images) or name.casefold().endswith(".pdf")
    for said in (category, "" if paged else name):  # "site plan and photos.pdf" is no photograph
        words = set(said.casefold().replace("-", " ").replace("_", " ").rsplit(".", 1)[0].split())
        if words & _PICTURES:
            return Kind.PHOTOGRAPH
        if words & _DOCUMENTS:
            return Kind.DOCUMENT
    named = parse(name)
    if paged or named.sheet:
        return Kind.DOCUMENT
    if not images:
        return Kind.DOCUMENT if name.casefold().endswith((".tif", ".tiff")) else Kind.PHOTOGRAPH
    capture = images[0].fingerprint.capture
    if named.camera or capture.camera_make or capture.camera_model:
        return Kind.PHOTOGRAPH
    return Kind.DOCUMENT if images[0].fingerprint.mode in _GREY else Kind.OPEN
