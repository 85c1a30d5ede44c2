"""``onecopy policy explain``: what would become of a file, which rule says so, and why no earlier one did."""

import json as json_module
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onecopy.cli.ending import Code, ends

if TYPE_CHECKING:
    from onecopy.pipelines.gate import Context, GateReply
    from onecopy.policy import Facts, Policy

_MOST = 20
_WHERE = {"case": "in this case", "agency": "in another case", "everywhere": "in another agency"}


@ends()
def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file that would be uploaded.")],
    case: Annotated[str, typer.Option(help="The case it would be uploaded to.")],
    policy: Annotated[
        Path | None,
        typer.Option(envvar="ONECOPY_POLICY", help="The policy. Without one: the shipped policy."),
    ] = None,
    agency: Annotated[str, typer.Option(help="Whose it would be.")] = "",
    source: Annotated[str, typer.Option(help="Where it would come from.")] = "",
    category: Annotated[str, typer.Option(help="What it is to the agency.")] = "",
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
    vault: Annotated[
        str | None, typer.Option(envvar="ONECOPY_VAULT", help="What keeps the uploads: a folder or URL.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> Code:
    """Say what would become of an upload, which rule decides, and why the earlier rules do not.

    Nothing is stored. The catalog and the vault must be those that the gate uses.

    [bold]Example[/bold]

      onecopy policy explain front.jpg --case 24016-00001 --policy policy.yaml
    """
    from onecopy.pipelines.gate import Context, Gate
    from onecopy.policy import Policy, default

    chosen = Policy.load(policy) if policy else default()
    context = Context(case=case, agency=agency, source=source, category=category)
    with Gate.open(catalog, vault, workers=1, policy=chosen) as gate:
        reply = gate.check(file, context)
    if json:
        typer.echo(json_module.dumps(_plain(reply, chosen), ensure_ascii=False))
    else:
        for line in _lines(reply, chosen, context):
            typer.echo(line)
    return Code.DONE


def _lines(reply: "GateReply", policy: "Policy", context: "Context") -> Iterator[str]:
    ruling = reply.ruling
    people = ", and two people must agree" if ruling.reviewers == 2 else ""
    yield f"{ruling.action}: by the rule '{ruling.rule}'{people}"
    yield f"  The uploader would read: {reply.reason}"
    if not reply.seen:
        yield "  Nothing that is held has to do with it, so no rule was asked."
    for seen in reply.seen[:_MOST]:
        what = "the whole file" if seen.image is None else f"image {seen.image + 1}"
        facts = seen.facts
        name = _name(reply, facts, context)
        yield f"{what} is {facts.relation} ({facts.confidence:.4g}) to {name} {_WHERE[facts.scope]}:"
        yield from _steps(policy, facts)
    if len(reply.seen) > _MOST:
        yield f"… and {len(reply.seen) - _MOST} more."


def _steps(policy: "Policy", facts: "Facts") -> Iterator[str]:
    from onecopy.policy.explain import explain as explained

    for step in explained(policy, facts):
        number = f"rule {step.number}, " if step.number else "no rule fits, "
        if step.why_not is None:
            yield f"  {number}'{step.rule}' → {step.action}"
        else:
            yield f"  {number}'{step.rule}' does not: it {step.why_not}"


def _name(reply: "GateReply", facts: "Facts", context: "Context") -> str:
    from onecopy.spoken import shown

    for match in reply.matches:
        alike = (match.relation, match.confidence) == (facts.relation, facts.confidence)
        if alike and (match.occurrence.case == context.case) == (facts.scope == "case"):
            return f"'{shown(match.occurrence.name)}'"
    return "one"


def _plain(reply: "GateReply", policy: "Policy") -> dict[str, Any]:
    import msgspec

    from onecopy.policy.explain import explain as explained

    plain: dict[str, Any] = msgspec.to_builtins(reply.ruling)
    plain |= {"reason": reply.reason, "policy": {"name": policy.name, "digest": policy.digest}}
    plain["seen"] = [
        msgspec.to_builtins(one) | {"rules": msgspec.to_builtins(explained(policy, one.facts))}
        for one in reply.seen
    ]
    return plain
