"""``onecopy policy document``: the policy as a page to adopt and publish."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends


class Format(StrEnum):
    """How the page is written."""

    MARKDOWN = "markdown"
    HTML = "html"


@ends()
def document(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The policy. Without one: the shipped policy.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Markdown, or one HTML file.")] = Format.MARKDOWN,
    agency: Annotated[str, typer.Option(help="Whose policy it is.")] = "this agency",
    adopted: Annotated[str, typer.Option(help="When it was adopted, in words.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write to this file instead of the terminal.")
    ] = None,
) -> Code:
    """Write a policy as a page that an agency can adopt and publish.

    The page is made from the rules, so it says what is done, and names their digest.

    [bold]Examples[/bold]

      onecopy policy document policy.yaml --agency 'Building Department' --out policy.md

      onecopy policy document policy.yaml --format html --adopted '1 July 2026' --out policy.html
    """
    from onecopy.policy import document as pages
    from onecopy.policy.policy import Policy, default

    policy = Policy.load(file) if file else default()
    write = pages.html if form is Format.HTML else pages.markdown
    page = write(policy, agency=agency, adopted=adopted)
    if out is None:
        typer.echo(page, nl=False)
    else:
        out.write_text(page, encoding="utf-8")
        typer.echo(f"Written: {out}")
    return Code.DONE
