"""The folder that the processes of one service share while it runs: counts of figures and of requests.

Nothing in it is worth keeping. It is made by the process that starts the others, and gone when that ends.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onecopy.errors import EnvironmentProblem

_VARIABLE = "ONECOPY_SHARED_FOLDER"
"""Names the folder to the processes that are started; nobody else sets it."""
_FIGURES = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def shared_folder() -> Iterator[Path]:
    """Make the folder, and name it to all processes that are started from now on.

    Raises:
        EnvironmentProblem: No temporary folder can be made.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="onecopy-shared-"))
        figures = folder / "figures"
        figures.mkdir()
    except OSError as error:
        raise EnvironmentProblem(
            f"No temporary folder can be made ({error.strerror}). Free some space, or set TMPDIR."
        ) from None
    os.environ |= {_VARIABLE: str(folder), _FIGURES: str(figures)}
    try:
        yield figures
    finally:
        for name in (_VARIABLE, _FIGURES):
            os.environ.pop(name, None)
        shutil.rmtree(folder, ignore_errors=True)


def counts() -> str:
    """Where requests are counted: a file that all processes of the service share, or memory for one alone."""
    folder = os.environ.get(_VARIABLE)
    return str(Path(folder) / "counts.db") if folder else ":memory:"
