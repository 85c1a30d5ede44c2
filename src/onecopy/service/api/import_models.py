"""What the API says of imports and of their rows."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from onecopy.catalog.import_rows import RowState
from onecopy.catalog.imports import State
from onecopy.policy.rules import Action
from onecopy.service.api.examples import example

_EXAMPLE: dict[str, Any] = {
    "id": "5d0e9d0e-4f1c-4a56-9a53-0f6f3e6a9d11",
    "agency": "building",
    "name": "archive-2019.csv",
    "state": "running",
    "dry_run": False,
    "rows": 80000,
    "created_at": "2026-05-03T09:12:44Z",
    "created_by": "records",
    "ended_at": None,
}
_PROGRESS = {
    "waiting": 61234,
    "problems": 3,
    "decisions": {"store": 14211, "link": 4480, "hold": 72},
    "repeated": 0,
    "rate": 11.5,
    "seconds_left": 5324.7,
}
_ROW: dict[str, Any] = {
    "number": 4711,
    "file": "2019/24016/front.jpg",
    "context": {"case": "24016-00001", "category": "site-photo", "metadata": {}},
    "state": "problem",
    "code": "vanished",
    "message": "There is no such file. Check the manifest.",
    "done_at": "2026-05-03T09:20:01Z",
}


class Import(BaseModel):
    """An import."""

    model_config = example(_EXAMPLE)
    id: str
    agency: str
    name: str
    state: State
    dry_run: bool
    rows: int
    created_at: datetime
    created_by: str
    ended_at: datetime | None = None


class Progress(BaseModel):
    """How far an import is."""

    model_config = example(_PROGRESS)
    waiting: int = Field(description="Rows that are still to do.")
    problems: int = Field(description="Rows that could not be taken in.")
    decisions: dict[Action, int] = Field(description="How many came to each; in a dry run: would have come.")
    repeated: int = Field(description="In a dry run: rows with the bytes of an earlier row.")
    rate: float = Field(description="Rows a second, over the last minute.")
    seconds_left: float | None = Field(None, description="At that rate; null if nothing moved lately.")


class ImportInFull(Import):
    """An import, and how far it is."""

    model_config = example(_EXAMPLE | {"progress": _PROGRESS})
    progress: Progress


class Imports(BaseModel):
    """Imports, newest first."""

    model_config = example({"imports": [_EXAMPLE], "next": None})
    imports: list[Import]
    next: str | None = Field(None, description="Ask again with this as 'cursor'; null at the end.")


class Row(BaseModel):
    """A row of a manifest, and what became of it."""

    model_config = example(_ROW)
    number: int = Field(description="Its line in the manifest.")
    file: str
    context: dict[str, Any]
    state: RowState
    decision: Action | None = None
    occurrence: str | None = None
    sha256: str | None = None
    code: str | None = None
    message: str | None = None
    done_at: datetime | None = None


class Rows(BaseModel):
    """Rows, in the manifest's order."""

    model_config = example({"rows": [_ROW], "next": 4711})
    rows: list[Row]
    next: int | None = Field(None, description="Ask again with this as 'cursor'; null at the end.")
