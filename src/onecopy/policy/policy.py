"""A policy: rules in order, under a name. It has one canonical text, and a digest that names it for good."""

import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from onecopy.model import Relation
from onecopy.policy import review as reviewing
from onecopy.policy.review import Review
from onecopy.policy.rules import LONGEST_NAME, OTHERWISE, PolicyError, Rule, Scope
from onecopy.policy.settle import AS_DECIDED, Ruling, Seen, settle

FORMAT = 1
"""The version of the file format."""
MOST_RULES = 500
_TAKEN = (OTHERWISE.name, AS_DECIDED)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What becomes of uploads.

    Raises:
        PolicyError: Two rules share a name, or there are none.
    """

    name: str
    rules: tuple[Rule, ...]
    review: Review = field(default_factory=Review)
    """How the questions are worked on that the rules hold uploads for."""

    def __post_init__(self) -> None:
        """Refuse what could not be explained later."""
        if not self.rules:
            raise PolicyError("The policy has no rules. Write at least one.")
        if len(self.rules) > MOST_RULES:
            raise PolicyError(f"The policy has more than {MOST_RULES} rules.")
        names = [rule.name for rule in self.rules]
        for name in (self.name, *names):
            if not name or len(name) > LONGEST_NAME:
                raise PolicyError(f"A name must have 1 to {LONGEST_NAME} characters: '{name[:40]}'.")
        twice = next((name for name in names if names.count(name) > 1 or name in _TAKEN), None)
        if twice is not None:
            raise PolicyError(f"The rule name '{twice}' is taken. Give each rule a name of its own.")

    @functools.cached_property
    def text(self) -> str:
        """The whole policy as canonical JSON, which reads as YAML: comments and layout make no difference."""
        plain = {"policy": FORMAT, "name": self.name, "rules": [_plain(rule) for rule in self.rules]}
        if review := reviewing.plain(self.review):
            plain["review"] = review
        return json.dumps(plain, indent=1, ensure_ascii=False)

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def settle(self, seen: Sequence[Seen], images: int) -> Ruling:
        """What becomes of a file, see :func:`onecopy.policy.settle.settle`."""
        return settle(self.rules, seen, images)

    @classmethod
    def load(cls, path: Path) -> "Policy":
        """Read a policy from a YAML file.

        Raises:
            PolicyError: It cannot be read, or is wrong; the message names every line.
        """
        from onecopy.policy.read import load

        return load(path)

    @classmethod
    def parse(cls, text: str, where: str = "policy") -> "Policy":
        """Read a policy from YAML text; ``where`` names it in messages.

        Raises:
            PolicyError: It is wrong.
        """
        from onecopy.policy.read import parse

        return parse(text, where)


def default_text() -> str:
    """The shipped policy as YAML, comments included."""
    return (files("onecopy.policy") / "default.yaml").read_text(encoding="utf-8")


@functools.cache
def default() -> Policy:
    """The shipped policy."""
    return Policy.parse(default_text(), "the shipped policy")


def _plain(rule: Rule) -> dict[str, Any]:
    when: dict[str, Any] = {}
    if rule.relations != frozenset(Relation):
        when["relation"] = [str(one) for one in Relation if one in rule.relations]
    if rule.scope is not Scope.EVERYWHERE:
        when["scope"] = str(rule.scope)
    if rule.at_least:
        when["confidence"] = rule.at_least
    for key, values in (
        ("agency", rule.agencies),
        ("source", rule.sources),
        ("category", rule.categories),
        ("file-type", rule.file_types),
    ):
        if values:
            when[key] = sorted(values)
    plain: dict[str, Any] = {"name": rule.name} | ({"when": when} if when else {})
    plain["action"] = str(rule.action)
    if not rule.mention:
        plain["mention"] = False
    if rule.message:
        plain["message"] = rule.message
    return plain | ({"reviewers": rule.reviewers} if rule.reviewers != 1 else {})
