"""``onecopy case``: what counts now in a case, its photographs with copies folded, and what blocks it."""

import json as json_module
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onecopy.cli.actor import actor
from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption
from onecopy.errors import UsageError
from onecopy.spoken import day, shown

if TYPE_CHECKING:
    from onecopy.records.versions.current import DocumentView, Sent, VersionView
    from onecopy.records.versions.overview import Blocker, CaseOverview
    from onecopy.records.versions.photographs import Copy, Photograph, Scene

_SCENES = 12
"""Scenes that are listed without ``--all``."""


@ends()
def case(
    id: Annotated[str, typer.Argument(metavar="ID", help="The case, as uploads name it.")],
    agency: Annotated[
        str, typer.Option("--agency", help="Whose case it is, where agencies have names.")
    ] = "",
    catalog: CatalogOption = None,
    vault: Annotated[
        str | None,
        typer.Option(envvar="ONECOPY_VAULT", help="Not looked into: all that is shown is in the catalog."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every photograph.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> Code:
    """Show a case: what counts now, what there was before, photographs, and what blocks an approval.

    Of each document the current version comes first, with the reason why it counts, then its history. Copies
    of photographs are folded under the one worth keeping.

    [bold]Examples[/bold]

      onecopy case 24016-00001

      onecopy case 24016-00001 --agency building --json
    """
    from onecopy.catalog import uploads
    from onecopy.catalog.store import Catalog
    from onecopy.records.versions.land import bring_up_to_date
    from onecopy.records.versions.overview import overview

    id, agency = id.strip(), agency.strip()
    with Catalog(catalog, make=False) as opened:
        with opened.read() as connection:
            known = uploads.any_of_case(connection, id, agency)
        if known:
            bring_up_to_date(opened, agency, id, by=actor())
        with opened.read() as connection:
            found = overview(connection, agency, id)
    if found is None:
        whose = f" of {agency}" if agency else ""
        raise UsageError(
            f"There is no case '{shown(id)}'{whose}. If it is an agency's, name that with --agency.",
            code="not-found",
        )
    if json:
        typer.echo(json_module.dumps(_object(found), ensure_ascii=False))
        return Code.DONE
    for line in _lines(found, every=every):
        typer.echo(line)
    return Code.DONE


def _lines(found: "CaseOverview", *, every: bool) -> Iterator[str]:
    number = len(found.waiting)
    state = f"{_count(number, 'thing')} to settle" if number else "nothing to settle"
    whose = f" of {shown(found.agency)}" if found.agency else ""
    yield f"Case {shown(found.case)}{whose}: {_count(found.files, 'file')}, {state}"
    if found.documents:
        yield "\nDocuments"
        for one in found.documents:
            yield from _document(one)
    if found.scenes:
        copies = sum(len(one.copies) for scene in found.scenes for one in scene.photographs)
        many = _count(found.photographs, "photograph")
        yield f"\nPhotographs: {many}, and {_count(copies, 'copy', 'copies')} folded under them"
        listed = found.scenes if every else found.scenes[:_SCENES]
        for scene in listed:
            yield from _scene(scene)
        if left := sum(len(scene.photographs) for scene in found.scenes[len(listed) :]):
            yield f"  … and {left} more: --all lists them."
    for title, blockers in (("To settle", found.waiting), ("Could not be read", found.unread)):
        if blockers:
            yield f"\n{title}"
            for blocker in blockers:
                yield from _blocker(blocker)


def _document(one: "DocumentView") -> Iterator[str]:
    if one.current is None:
        yield f"  {one.title}: which of {_count(len(one.history), 'version')} counts is a question"
    else:
        since = "" if one.since is None else f" since {day(one.since)}"
        what = one.current.label or (f"version {one.current.number}" if len(one.history) > 1 else "as sent")
        yield f"  {one.title}: {what},{since}"
        if len(one.history) > 1:
            by = "" if one.decided_by is None else f" ({shown(one.decided_by)})"
            yield f"      {one.reason}{by}"
    if one.apart is not None:
        yield f"      No version of the other one of this name: {one.apart}"
    if len(one.history) > 1 or len(one.history[0].sent) > 1:
        for version in one.history:
            yield from _version(version, now=version is one.current)


def _version(version: "VersionView", *, now: bool) -> Iterator[str]:
    first, *again = version.sent
    yield f"      {'>' if now else ' '} {version.number}  {_sent(first)}"
    for sent in again:
        yield f"           again as {_sent(sent)}"


def _sent(sent: "Sent") -> str:
    inside = f" in '{shown(sent.occurrence.name)}'" if sent.inner else ""
    return f"'{shown(sent.name)}'{inside}, {day(sent.occurrence.seen_at)}"


def _scene(scene: "Scene") -> Iterator[str]:
    together = len(scene.photographs) > 1
    if together:
        yield f"  One scene, {scene.when[:10]}"
    for one in scene.photographs:
        folded = ""
        if one.copies:
            names = list(dict.fromkeys(_place(copy) for copy in one.copies))
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            folded = f"  = {', '.join(names[:3])}{more}"
        yield f"  {'  ' if together else ''}{_place(one.kept)}{folded}"


def _place(copy: "Copy") -> str:
    return shown(f"{copy.occurrence.name}{copy.inner}")


def _blocker(blocker: "Blocker") -> Iterator[str]:
    yield f"  {'?' if blocker.question is not None else '!'} {blocker.words}"
    if blocker.question is not None:
        for reason in blocker.question.reasons[:2]:
            yield f"      {reason}"


def _count(number: int, thing: str, things: str = "") -> str:
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def _object(found: "CaseOverview") -> dict[str, Any]:
    return {
        "case": found.case,
        "agency": found.agency,
        "files": found.files,
        "folded": found.folded,
        "documents": [_document_object(one) for one in found.documents],
        "photographs": [
            _photograph_object(one, number)
            for number, scene in enumerate(found.scenes, 1)
            for one in scene.photographs
        ],
        "blockers": [
            {
                "kind": one.kind,
                "words": one.words,
                "question": None if one.question is None else one.question.public_id,
                "occurrence": None if one.occurrence is None else one.occurrence.public_id,
            }
            for one in found.blockers
        ],
    }


def _document_object(one: "DocumentView") -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "current": None if one.current is None else one.current.number,
        "since": None if one.since is None else one.since.isoformat(),
        "criterion": one.criterion,
        "decided_by": one.decided_by,
        "reason": one.reason,
        "apart": one.apart,
        "versions": [
            {
                "number": version.number,
                "label": version.label,
                "sent": [_sent_object(s) for s in version.sent],
            }
            for version in one.history
        ],
        "questions": [question.public_id for question in one.questions],
    }


def _sent_object(sent: "Sent") -> dict[str, Any]:
    received = sent.occurrence.seen_at.isoformat()
    return {
        "occurrence": sent.occurrence.public_id,
        "name": sent.name,
        "inner": sent.inner,
        "received_at": received,
    }


def _photograph_object(one: "Photograph", scene: int) -> dict[str, Any]:
    def plain(copy: "Copy") -> dict[str, Any]:
        named = {"occurrence": copy.occurrence.public_id, "name": copy.occurrence.name, "inner": copy.inner}
        return named | {"taken_at": copy.taken_at}

    return {
        "scene": scene,
        **plain(one.kept),
        "copies": [plain(copy) for copy in one.copies],
        "reasons": list(one.reasons),
        "questions": [question.public_id for question in one.questions],
    }
