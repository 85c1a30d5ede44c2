"""Reading a multipart upload: its file goes to the spool while it arrives, its fields stay small.

The framework's own parser would write the file to a temporary folder first (memory, on many machines) and
would see its size too late.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from onecopy.service.api.fields import LONGEST_FIELD, NAMES, refuse_no_case, refuse_unknown
from onecopy.service.problems import ProblemError
from onecopy.vault.interface import Spool

FORM_OVERHEAD = 64 << 10
"""Bytes of a request that may be something else than the file."""
NO_FILE = "The form has no part named 'file' that is a file. With curl it is -F file=@photo.jpg, with the @."
"""What is said of a form without one, or with a text in its place, as forms of fields have it."""


@dataclass(slots=True)
class UploadForm:
    """A form that is being read. Feed it the body; then read ``fields`` and ``file_name``.

    ``known`` names the fields that it may have beside the file.
    """

    boundary: bytes
    spool: Spool
    known: tuple[str, ...] = NAMES
    fields: dict[str, str] = field(default_factory=dict)
    file_name: str | None = None
    ended: bool = False
    _header: tuple[bytearray, bytearray] = field(default_factory=lambda: (bytearray(), bytearray()))
    _disposition: bytes = b""
    _part: str = ""
    _typed: bool = False
    _value: bytearray = field(default_factory=bytearray)
    _parser: MultipartParser = field(init=False)

    def __post_init__(self) -> None:
        """Set up the parser.

        Raises:
            ProblemError: The boundary is not one.
        """
        try:
            self._parser = MultipartParser(
                self.boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._to(self._header[0]),
                    "on_header_value": self._to(self._header[1]),
                    "on_header_end": self._header_ended,
                    "on_headers_finished": self._headers_ended,
                    "on_part_data": self._data,
                    "on_part_end": self._part_ended,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise _malformed(f"The form cannot be read: {error}.") from error

    def feed(self, body: bytearray) -> None:
        """Take in a piece of the body. Writes to the disk: call it in a thread.

        Raises:
            ProblemError: The form is malformed.
            UnreadableError: ``too-large``.
            EnvironmentProblem: The vault stands in the way.
        """
        try:
            self._parser.write(body)  # type: ignore[arg-type]
        except FormParserError as error:
            raise _malformed(f"The form cannot be read: {error}.") from error

    def finish(self) -> None:
        """Check that all of it came.

        Raises:
            ProblemError: The form ended early, or has no file or case.
        """
        if not self.ended:
            raise _malformed("The form ended too early. Send it again.")
        if self.file_name is None:
            raise ProblemError(422, "no-file", NO_FILE)
        refuse_no_case(self.fields)

    @staticmethod
    def _to(target: bytearray) -> Callable[[bytes, int, int], None]:
        return lambda data, start, end: target.extend(data[start:end])

    def _begin(self) -> None:
        self._disposition, self._part, self._typed = b"", "", False
        self._value.clear()

    def _header_ended(self) -> None:
        name, value = self._header
        if bytes(name).lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._typed = self._typed or bytes(name).lower() == b"content-type"
        name.clear()
        value.clear()

    def _headers_ended(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._part = _text(options.get(b"name", b""))
        if self._part == "file":
            if self.file_name is not None:
                raise ProblemError(422, "too-many-files", "There is more than one file. Send each by itself.")
            if b"filename" not in options and not self._typed:
                raise ProblemError(422, "no-file", NO_FILE)
            self.file_name = base_name(_text(options.get(b"filename", b"")))
        else:
            refuse_unknown(self._part, self.fields, "file", *self.known)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part == "file":
            self.spool.write(memoryview(data)[start:end])
        elif len(self._value) + end - start > LONGEST_FIELD:
            raise ProblemError(422, "field-too-long", f"The field '{self._part}' is too long.")
        else:
            self._value += data[start:end]

    def _part_ended(self) -> None:
        if self._part != "file":
            try:
                self.fields[self._part] = self._value.decode()
            except UnicodeDecodeError:
                raise _malformed(f"The field '{self._part}' is not UTF-8.") from None

    def _end(self) -> None:
        self.ended = True


def base_name(name: str) -> str:
    """The file's own name, of whatever path an uploader's program sent."""
    for code, character in (("%22", '"'), ("%0D", "\r"), ("%0A", "\n")):
        # How browsers write these three in a form (WHATWG HTML, multipart/form-data); they leave % alone.
        name = name.replace(code, character)
    return name.rsplit("/", 1)[-1]


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _malformed(detail: str) -> ProblemError:
    return ProblemError(400, "malformed-form", detail)
