"""``onecopy webhook create``: its secret is printed once."""

from typing import TYPE_CHECKING, Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption

if TYPE_CHECKING:
    from onecopy.catalog.webhooks import Happened


@ends()
def create(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to send messages: an https address.")],
    event: Annotated[
        list[str] | None,
        typer.Option(help="What to tell: upload.held, upload.stored … By default everything. Repeatable."),
    ] = None,
    agency: Annotated[
        str, typer.Option(help="Of which agency. Without one: the agency without a name.")
    ] = "",
    allow: Annotated[
        str,
        typer.Option(
            envvar="ONECOPY_WEBHOOK_ALLOW",
            help="Hosts and networks that may be told besides the internet, as the service is told.",
        ),
    ] = "",
    catalog: CatalogOption = None,
) -> Code:
    """Have an address told what becomes of uploads; print the secret that signs, this once.

    The address must be on the internet, unless the service allows others.

    [bold]Examples[/bold]

      onecopy webhook create https://portal.example/onecopy --agency building

      onecopy webhook create https://portal.example/held --event upload.held --event upload.rejected
    """
    from onecopy.catalog import webhooks
    from onecopy.catalog.store import Catalog
    from onecopy.cli.actor import actor
    from onecopy.pipelines.gate.context import one_line

    kinds = [_kind(one) for one in event] if event else [*webhooks.Happened]
    agency = one_line("agency", agency)
    _look_up(url, allow)
    with Catalog(catalog) as opened, opened.write([webhooks.SCOPE]) as connection:
        one, secret = webhooks.create(connection, agency=agency, url=url, kinds=kinds, by=actor())
    typer.echo(secret)
    typer.echo(f"Shown this once. Its id is {one.id}; try it: onecopy webhook ping {one.id}", err=True)
    return Code.DONE


def _kind(name: str) -> "Happened":
    from onecopy.catalog.webhooks import Happened
    from onecopy.errors import UsageError

    try:
        return Happened(name)
    except ValueError:
        raise UsageError(f"There is no event '{name}'. There are: {', '.join(Happened)}.") from None


def _look_up(url: str, allow: str) -> None:
    try:
        import anyio

        from onecopy.webhooks.resolve import looked_up
        from onecopy.webhooks.target import Allowed
    except ModuleNotFoundError as error:
        from onecopy.errors import EnvironmentProblem

        raise EnvironmentProblem(
            f"Webhooks need parts that are not installed ({error.name}). "
            "Install them with: pip install 'onecopy[service]'",
            code="needs-extra",
        ) from None
    anyio.run(looked_up, url, Allowed.parse(allow))
