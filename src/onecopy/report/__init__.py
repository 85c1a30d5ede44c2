"""What a scan found, written for programs (JSON, CSV, Parquet) and for people (one HTML file)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from onecopy.findings import Findings
from onecopy.report import data, html, table
from onecopy.report.staging import Staging
from onecopy.report.thumbnails import Preview

__all__ = ["FILES", "write"]

FILES = (
    "findings.json",
    "relations.csv",
    "images.csv",
    "relations.parquet",
    "images.parquet",
    "report.html",
)
"""The names of all that :func:`write` may write."""


def write(
    findings: Findings,
    out_dir: Path,
    *,
    price_per_tb_year: float,
    preview: Preview,
    threads: int = 1,
    progress: Callable[[int, int], None] | None = None,
    written_on: date | None = None,
) -> list[Path]:
    """Write ``findings.json``, ``relations.csv``, ``images.csv``, ``report.html``; Parquet with its extra.

    All files are completed beside their places and then moved there, so a failure leaves what was there
    before untouched.

    Args:
        findings: What a scan says.
        out_dir: The folder to write to; made when missing.
        price_per_tb_year: What keeping one terabyte (10¹² bytes) for one year costs, in US dollars.
        preview: Gives a JPEG of an image by locator, its longest side at most so many pixels, or ``None``
            where it cannot be had. Called at most once per image shown, and from ``threads`` threads.
        threads: How many previews to ask for at once.
        progress: Called with the number of thumbnails done and the number planned.
        written_on: The date the report shows; today when not given.

    Returns:
        The files written.

    Raises:
        EnvironmentProblem: The folder cannot be written to, or its disk is full.
    """
    with Staging(out_dir) as staging:
        data.write_json(findings, staging)
        table.write_csv(findings, staging)
        table.write_parquet(findings, staging)
        html.write_html(
            findings,
            staging,
            price_per_tb_year=price_per_tb_year,
            preview=preview,
            threads=threads,
            progress=progress,
            written_on=written_on or date.today(),
        )
        return staging.commit()
