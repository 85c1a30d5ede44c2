"""PDF documents: the images of every page, then the files attached.

pikepdf takes images out with their streams untouched; pypdfium2 decodes and draws what is more than that. An
object used on many pages is one picture, at the first place where it is shown. Pages without images have no
picture here.
"""

from collections.abc import Iterator
from functools import partial

import pikepdf
from pikepdf import Dictionary, Object, Stream

from onecopy.decode.containers import pdf_find, pdf_whole
from onecopy.decode.containers.budget import Budget
from onecopy.decode.containers.buffers import as_file
from onecopy.decode.containers.interface import Member, Part
from onecopy.decode.containers.names import Names
from onecopy.decode.containers.pdf_dict import BROKEN, facts_of
from onecopy.decode.containers.pdf_object import open_object
from onecopy.decode.containers.pdf_pixels import full_size
from onecopy.decode.interface import Buffer
from onecopy.errors import UnreadableError
from onecopy.locator import page as page_locator
from onecopy.locator import steps
from onecopy.model import Problem, Skipped

SMALLEST = 8
"""Pixels on the shorter side below which an image on a page is a rule, a bullet or a shadow."""

_PARSER_ERRORS = 1_000


class PdfContainer:
    """An opened PDF document.

    Raises:
        UnreadableError: ``encrypted``, ``truncated`` or ``corrupt``.
    """

    format = "pdf"
    summarise = False

    def __init__(self, data: Buffer, inner: str, budget: Budget) -> None:
        most = min(budget.limits.unpacked_bytes, (1 << 32) - 1)
        pikepdf.settings.set_qpdf_limits(
            flate_max_memory=most,
            png_max_memory=most,
            run_length_max_memory=most,
            tiff_max_memory=most,
            parser_max_errors=_PARSER_ERRORS,
        )
        self._data = data
        self._inner = inner
        self._budget = budget
        self._pdf = _open(data)
        self._seen: set[object] = set()
        self._listed: dict[pdf_find.Key, tuple[pdf_find.Shown, str]] = {}

    def parts(self, only: str | None) -> Iterator[Part]:
        """Images by page and paint order, then attachments."""
        wanted = _wanted_page(self._inner, only)
        for index in range(len(self._pdf.pages)) if wanted is None else wanted:
            if index >= self._budget.limits.pages:
                raise UnreadableError(
                    f"It has more than {self._budget.limits.pages:,} pages; the rest was not read. "
                    "Split it, or raise the limit.",
                    code="too-large",
                )
            try:
                yield from self._page(index)
            except (UnreadableError, *BROKEN) as error:
                inner = page_locator(self._inner, page=index + 1)
                code = error.code if isinstance(error, UnreadableError) else "corrupt"
                yield Problem(
                    inner=inner, code=code, message=f"The page is damaged ({error}). Get a sound copy."
                )
        for shown, inner in self._listed.values():  # pages share resources: a later page may have shown it
            yield from self._once(shown, inner)
        if wanted is None or only is None or only.startswith(f"{self._inner}!/"):
            yield from self._attachments()

    def _page(self, index: int) -> Iterator[Part]:
        page = self._pdf.pages[index]
        where = page_locator(self._inner, page=index + 1)
        found = pdf_find.images_of(self._pdf, page)
        if not found.complete:
            yield Problem(
                inner=where,
                code="corrupt",
                message="The page's content is damaged; images in it may be missing. Get a sound copy.",
            )
        whole = pdf_whole.assembled(self._pdf, self._data, index, found, where, self._budget.limits)
        taken: set[pdf_find.Key] = set()
        for picture, keys in whole:
            taken |= keys
            if keys not in self._seen:
                self._seen.add(keys)
                yield picture
                last = max(n for n, shown in enumerate(found.images, 1) if shown.key in keys)
                piece = page_locator(self._inner, page=index + 1, image=last)
                yield Skipped(inner=piece, reason=f"one of {len(keys)} pieces that make up {picture.inner}")
        for number, shown in enumerate(found.images, 1):
            inner = page_locator(self._inner, page=index + 1, image=number)
            if number > found.shown:
                self._listed.setdefault(shown.key, (shown, inner))
            elif shown.key not in taken:
                yield from self._once(shown, inner)

    def _once(self, shown: pdf_find.Shown, inner: str) -> Iterator[Part]:
        if shown.key not in self._seen:
            self._seen.add(shown.key)
            yield self._image(shown, inner)

    def _image(self, shown: pdf_find.Shown, inner: str) -> Part:
        try:
            if min(full_size(facts_of(shown.stream))) < SMALLEST:
                return Skipped(inner=inner, reason=f"a decoration less than {SMALLEST} pixels wide or high")
            return open_object(self._pdf, shown.stream, inner, self._budget.limits)
        except UnreadableError as error:
            return Problem(inner=inner, code=error.code, message=error.message)
        except BROKEN as error:
            message = f"An image in the PDF is damaged ({error}). Get a sound copy."
            return Problem(inner=inner, code="corrupt", message=message)

    def _attachments(self) -> Iterator[Part]:
        names = Names(self._inner)
        seen: set[tuple[int, int]] = set()
        for key, specification in self._specifications():
            file = _embedded(specification)
            if file is None or file.objgen in seen:
                continue
            seen.add(file.objgen)
            yield Member(inner=names.inner(_file_name(specification) or key), read=partial(self._read, file))

    def _specifications(self) -> Iterator[tuple[str, Object]]:
        """File specifications by the document's name tree, then by annotations of its pages."""
        try:
            for key in sorted(self._pdf.attachments.keys()):
                yield key, self._pdf.attachments[key].obj
        except BROKEN as error:
            message = f"The list of attached files is damaged ({error}). Get a sound copy."
            raise UnreadableError(message, code="corrupt") from error
        for page in list(self._pdf.pages)[: self._budget.limits.pages]:
            annotations = page.obj.get("/Annots")
            for annotation in annotations if isinstance(annotations, pikepdf.Array) else ():
                if isinstance(annotation, Dictionary) and isinstance(annotation.get("/FS"), Dictionary):
                    yield "attachment", annotation["/FS"]

    def _read(self, file: Object) -> bytes:
        parameters = file.get("/Params")
        declared = parameters.get("/Size") if isinstance(parameters, Dictionary) else None
        self._budget.allow(declared if isinstance(declared, int) else 0)
        try:
            found = file.read_bytes()
        except (pikepdf.PdfError, RuntimeError, ValueError) as error:
            message = f"An attached file cannot be unpacked ({error}). Get a sound copy."
            raise UnreadableError(message, code="corrupt") from error
        self._budget.spend(len(found))
        return found


def _open(data: Buffer) -> pikepdf.Pdf:
    try:
        return pikepdf.open(as_file(data))
    except pikepdf.PasswordError as error:
        message = "The PDF is encrypted and needs a password. Save a copy without one and scan that."
        raise UnreadableError(message, code="encrypted") from error
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        if b"%%EOF" not in bytes(data[-2048:]):
            message = "The PDF ends too early. Get a complete copy."
            raise UnreadableError(message, code="truncated") from error
        raise UnreadableError(
            "The PDF is damaged beyond repair. Get a sound copy.", code="corrupt"
        ) from error


def _wanted_page(inner: str, only: str | None) -> list[int] | None:
    """Which pages to look at: all (``None``), one, or none."""
    if only is None:
        return None
    kind, what = steps(only[len(inner) :])[0]
    number = (
        dict(pair.split("=", 1) for pair in what.split("&") if "=" in pair).get("page", "")
        if kind == "page"
        else ""
    )
    return [int(number) - 1] if number.isdecimal() and int(number) > 0 else []


def _embedded(specification: Object) -> Object | None:
    files = specification.get("/EF")
    candidates = (
        [files.get(key) for key in ("/UF", "/F", "/Unix", "/Mac", "/DOS")]
        if isinstance(files, Dictionary)
        else []
    )
    return next((file for file in candidates if isinstance(file, Stream)), None)


def _file_name(specification: Object) -> str:
    name = specification.get("/UF") or specification.get("/F")
    return str(name) if isinstance(name, pikepdf.String) else ""
