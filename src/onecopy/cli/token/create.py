"""``onecopy token create``: a token is printed once, and kept only as its digest."""

from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.service.roles import Role


@ends()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What logs call it: who or what will use it.")],
    role: Annotated[Role, typer.Option(help="What it may do.")],
    agency: Annotated[
        str, typer.Option(help="For which agency. Without one: the agency without a name.")
    ] = "",
    every_agency: Annotated[bool, typer.Option("--every-agency", help="For all agencies.")] = False,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it holds.")] = 365,
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
) -> Code:
    """Make a token and print it, this once.

    An uploader sends uploads and reads what its agency holds; a reviewer looks at what is held; a records
    officer does both and sees the audit log; an auditor sees who decided what, and no pictures; an
    administrator may do everything.

    [bold]Examples[/bold]

      onecopy token create 'permit portal' --role uploader --agency building

      onecopy token create 'city auditor' --role auditor --every-agency --days 30
    """
    from datetime import UTC, datetime, timedelta

    from onecopy.catalog import tokens
    from onecopy.catalog.store import Catalog
    from onecopy.cli.actor import actor
    from onecopy.errors import UsageError
    from onecopy.pipelines.gate.context import one_line

    name, agency = one_line("name", name), one_line("agency", agency)
    if not name:
        raise UsageError("The name is empty. Say what the token is for.", code="bad-context")
    if every_agency and agency:
        raise UsageError("Give --agency or --every-agency, not both.")
    expires_at = datetime.now(UTC) + timedelta(days=days)
    with Catalog(catalog) as opened, opened.write() as connection:
        one, secret = tokens.create(
            connection,
            name=name,
            role=str(role),
            agency=None if every_agency else agency,
            by=actor(),
            expires_at=expires_at,
        )
    typer.echo(secret)
    typer.echo(f"Shown this once; it ends on {expires_at:%Y-%m-%d}. Its id is {one.id}.", err=True)
    return Code.DONE
