"""``onecopy policy check``: is this a policy, and what does it say?"""

from pathlib import Path
from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends


@ends()
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The policy. Without one: the shipped policy.")
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Print the policy itself; a start for one of your own.")
    ] = False,
) -> Code:
    """Check a policy; every mistake is told with its line and what is allowed there.

    A rule that would link what is not one picture is refused.

    [bold]Examples[/bold]

      onecopy policy check policy.yaml

      onecopy policy check --show > policy.yaml
    """
    from onecopy.policy.policy import Policy, default, default_text

    policy = Policy.load(file) if file else default()
    if show:
        typer.echo(file.read_text(encoding="utf-8") if file else default_text(), nl=False)
        return Code.DONE
    typer.echo(f"'{policy.name}' is a policy of {len(policy.rules)} rules.")
    typer.echo(f"Its digest is {policy.digest}.")
    for number, rule in enumerate(policy.rules, start=1):
        people = " by two people" if rule.reviewers == 2 else ""
        typer.echo(f"  {number:>2} {rule.action}{people}: {rule.name}")
    return Code.DONE
