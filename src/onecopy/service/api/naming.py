"""Cases that no path can name: whoever asks takes ``.`` and ``..`` out of one, however they are written."""

from typing import Annotated

from fastapi import Query

from onecopy.pipelines.gate.context import LONGEST

Named = Annotated[
    str | None,
    Query(
        max_length=2 * LONGEST,
        description="The case, where a path cannot name it: one with '.' or '..' between slashes. Then "
        "anything may stand in its place in the path, such as '_'.",
        examples=["24016-00002"],
    ),
]


def case(in_path: str, named: str | None) -> str:
    """Which case is asked for, as it is kept: what is behind the question mark goes first."""
    return (in_path if named is None else named).strip()
