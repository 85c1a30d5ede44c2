"""Where a scan's report goes."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from onecopy.errors import EnvironmentProblem

if TYPE_CHECKING:
    from onecopy.findings import Findings
    from onecopy.pipelines.scan.model import Progress
    from onecopy.pipelines.scan.run import Scan


def prepare(out: Path) -> None:
    """Make the folder and see that it can be written: better now than after hours of reading.

    Raises:
        EnvironmentProblem: It cannot.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise EnvironmentProblem(
            f"The output folder {out} cannot be written ({error.strerror}). Choose another with --out."
        ) from error


def own(out: Path) -> list[Path]:
    """What a scan passes by: the folder, and its files by name, for the folder may itself be scanned."""
    from onecopy.report import FILES

    return [out, *(out / name for name in FILES)]


def write(scan: "Scan", findings: "Findings", out: Path, price: float, progress: "Progress") -> list[Path]:
    """Write the report of a finished scan.

    Returns:
        The files written.

    Raises:
        EnvironmentProblem: The folder cannot be written, or its disk is full.
    """
    from onecopy.report import write as write_report

    shown = 0

    def told(done: int, of: int) -> None:
        nonlocal shown
        if shown == 0:
            progress.stage("Thumbnails", items=of)
        progress.advance(done - shown)
        shown = done

    written = write_report(
        findings,
        out,
        price_per_tb_year=price,
        preview=scan.preview,
        threads=scan.workers,
        progress=told,
    )
    scan.preview.keep()
    return written
