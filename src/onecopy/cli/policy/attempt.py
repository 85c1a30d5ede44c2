"""``onecopy policy try``: what a changed policy would have done with what came."""

import json as json_module
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onecopy.cli.ending import Code, ends

if TYPE_CHECKING:
    from onecopy.policy.policy import Policy
    from onecopy.policy.replay import Past, Tried

DAYS = 30


@ends()
def attempt(
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The policy to try.")],
    days: Annotated[
        int | None,
        typer.Option(min=1, max=36500, help=f"Replay the uploads of so many days; {DAYS} if unsaid."),
    ] = None,
    findings: Annotated[
        Path | None,
        typer.Option(help="Replay a scan's findings.json instead: its files in order, a folder as a case."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            envvar="ONECOPY_POLICY",
            help="With --findings: the policy to compare with. Without one: the shipped policy.",
        ),
    ] = None,
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
    examples: Annotated[int, typer.Option(min=0, max=1000, help="How many of each difference to show.")] = 3,
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> Code:
    """Replay what came under a changed policy, and show what would have been different.

    Nothing is changed. What was compared then is not compared again.

    [bold]Examples[/bold]

      onecopy policy try new.yaml --days 90

      onecopy policy try new.yaml --findings report/findings.json
    """
    from onecopy.errors import UsageError
    from onecopy.policy.policy import Policy, default
    from onecopy.policy.replay import replay

    if days is not None and findings is not None:
        raise UsageError("Give --days or --findings, not both.")
    tried = Policy.load(new)
    if findings is not None:
        pasts = _scanned(findings, Policy.load(policy) if policy else default())
    else:
        pasts = _received(catalog, days or DAYS)
    result = replay(tried, pasts, examples=examples)
    if json:
        typer.echo(json_module.dumps(_plain(result), ensure_ascii=False))
    else:
        for line in _lines(result):
            typer.echo(line)
    return Code.DONE


def _scanned(path: Path, policy: "Policy") -> "Iterator[Past]":
    import msgspec

    from onecopy.errors import UsageError
    from onecopy.findings import Findings
    from onecopy.policy.replay import from_findings

    try:
        findings = msgspec.json.decode(path.read_bytes(), type=Findings)
    except msgspec.DecodeError as error:
        raise UsageError(f"{path} is not the findings.json of a scan ({error}).") from None
    yield from from_findings(findings, policy)


def _received(catalog: str | None, days: int) -> "Iterator[Past]":
    from datetime import UTC, datetime, timedelta

    from onecopy.catalog.store import Catalog
    from onecopy.policy.history import received

    with Catalog(catalog, make=False) as opened, opened.read() as connection:
        yield from received(connection, datetime.now(UTC) - timedelta(days=days))


def _lines(tried: "Tried") -> Iterator[str]:
    from onecopy.spoken import shown

    if not tried.total:
        yield "There is nothing to replay."
        return
    differ = tried.total - tried.same
    yield f"{tried.total:,} replayed: {differ:,} would have been different, {tried.same:,} the same."
    for kind, number in tried.changed.most_common():
        yield f"  {number:,} would have been {_words(kind[1])} instead of {_words(kind[0])}"
        for one in tried.examples[kind]:
            yield f"    {shown(one.label)}: by the rule '{one.after.rule}', not '{one.before.rule}'"
        if number > (listed := len(tried.examples[kind])) > 0:
            yield f"    … and {number - listed:,} more"


def _words(outcome: str) -> str:
    done = {"store": "stored", "link": "linked", "hold": "held", "reject": "rejected"}
    action, _, people = outcome.partition(" by ")
    return f"{done[action]} for {people} people" if people else done[action]


def _plain(tried: "Tried") -> dict[str, Any]:
    import msgspec

    return {
        "replayed": tried.total,
        "same": tried.same,
        "after": dict(tried.after),
        "different": [
            {
                "before": kind[0],
                "after": kind[1],
                "count": number,
                "examples": msgspec.to_builtins(tried.examples[kind]),
            }
            for kind, number in tried.changed.most_common()
        ],
    }
