"""Trying a policy on what happened: what would have become of uploads that came, or of an archive's files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from onecopy.findings import Findings
from onecopy.locator import split
from onecopy.model import LINKABLE, Relation
from onecopy.policy.policy import Policy
from onecopy.policy.rules import FILE_TYPES, Action, Facts, Scope, rule_for
from onecopy.policy.settle import Ruling, Seen, parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An upload that came, or a file of an archive taken as one: what a policy saw, and what it said."""

    label: str
    seen: tuple[Seen, ...]
    images: int
    ruling: Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What would have become of one of them instead, and by what."""

    label: str
    before: Ruling
    after: Ruling
    facts: Facts | None
    """Those that the new rule went by; ``None`` where no rule fitted."""


@dataclass(slots=True, kw_only=True)
class Tried:
    """What a policy would have done. Of each kind of difference, only the first few are kept."""

    total: int = 0
    same: int = 0
    after: Counter[Action] = field(default_factory=Counter)
    changed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many went from the one (``link``, ``hold by 2``) to the other."""
    examples: dict[tuple[str, str], list[Difference]] = field(default_factory=dict)


def replay(policy: Policy, pasts: Iterable[Past], *, examples: int = 3) -> Tried:
    """Settle everything again.

    Args:
        policy: The one that is tried.
        pasts: What came.
        examples: How many of each kind of difference are kept.
    """
    tried = Tried()
    for past in pasts:
        after = policy.settle(past.seen, past.images)
        tried.total += 1
        tried.after[after.action] += 1
        kind = (outcome(past.ruling), outcome(after))
        if kind[0] == kind[1]:
            tried.same += 1
            continue
        tried.changed[kind] += 1
        kept = tried.examples.setdefault(kind, [])
        if len(kept) < examples:
            facts = next((s.facts for s in past.seen if _name(policy, s.facts) == after.rule), None)
            kept.append(Difference(label=past.label, before=past.ruling, after=after, facts=facts))
    return tried


def outcome(ruling: Ruling) -> str:
    """What makes a difference to people: the action, and how many of them must look."""
    return str(ruling.action) if ruling.reviewers < 2 else f"{ruling.action} by {ruling.reviewers}"


def _name(policy: Policy, facts: Facts) -> str:
    return rule_for(policy.rules, facts).name


def from_findings(findings: Findings, policy: Policy) -> Iterator[Past]:
    """An archive's files, as if each had been uploaded after those listed before it.

    A folder counts as a case, the archive as one agency. ``policy`` says what would have become of them.
    Findings do not say of whole containers whether they are equal: a PDF that is there twice counts as two.
    """
    files: dict[str, list[str]] = {}
    for image in findings.images:
        files.setdefault(split(image.locator)[0], []).append(image.locator)
    order = {locator: number for number, locator in enumerate(one for many in files.values() for one in many)}
    earlier = _earlier(findings, order)
    types = _types(findings)
    formats: dict[str, list[str]] = {}
    for container in findings.containers:
        formats.setdefault(split(container.locator)[0], []).append(container.format)
    left_out = {split(one.locator)[0] for one in findings.unreadable}
    left_out |= {split(one.locator)[0] for one in findings.skipped}
    for file, locators in files.items():
        seen = tuple(
            dict.fromkeys(
                _seen(position, file, other, relation, confidence, types)
                for position, locator in enumerate(locators)
                for other, (relation, confidence) in earlier.get(locator, {}).items()
                if split(other)[0] != file
            )
        )
        images = parts(len(locators), formats.get(file, ()), left_out=file in left_out)
        yield Past(label=file, seen=seen, images=images, ruling=policy.settle(seen, images))


def _earlier(findings: Findings, order: Mapping[str, int]) -> dict[str, dict[str, tuple[Relation, float]]]:
    """By image: those before it that it has to do with, and what they are to each other."""
    pairs = [(one.a, one.b, one.relation, one.confidence) for one in findings.relations]
    pairs += [
        (group.keep, member.locator, member.relation, member.confidence)
        for group in findings.groups
        for member in group.members
        if member.relation in LINKABLE and member.locator != group.keep
    ]
    found: dict[str, dict[str, tuple[Relation, float]]] = {}
    for a, b, relation, confidence in pairs:
        if a in order and b in order:
            first, later = sorted((a, b), key=order.__getitem__)
            found.setdefault(later, {})[first] = (relation, confidence)
    return found


def _types(findings: Findings) -> dict[str, str]:
    types = {one.locator: one.format for one in findings.images} | {
        one.locator: one.format for one in findings.containers
    }
    return {locator: format for locator, format in types.items() if format in FILE_TYPES}


def _seen(
    position: int, file: str, other: str, relation: Relation, confidence: float, types: Mapping[str, str]
) -> Seen:
    folder, others = (split(name)[0].rpartition("/")[0] for name in (file, other))
    scope = Scope.CASE if folder == others else Scope.AGENCY
    facts = Facts(relation=relation, confidence=confidence, scope=scope, file_type=types.get(file, ""))
    return Seen(image=position, facts=facts)
