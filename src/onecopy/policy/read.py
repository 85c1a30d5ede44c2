"""Reading a policy from YAML: every mistake with its line, and with what is allowed there.

The file's nodes are walked, not its values: a node knows its line, and text stays the text that was written
(YAML would make a boolean of the agency ``no``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from onecopy.model import Relation
from onecopy.policy.policy import FORMAT, Policy
from onecopy.policy.review import First, Precedence, Review, Urgency
from onecopy.policy.rules import FILE_TYPES, Action, PolicyError, Rule, Scope

MOST_BYTES = 256 << 10
MOST_MISTAKES = 20
"""How many mistakes are told of at once."""

_TOP = ("policy", "name", "rules", "review")
_RULE = ("name", "when", "action", "mention", "message", "reviewers")
_WHOSE = (("agency", "agencies"), ("source", "sources"), ("category", "categories"))
_WHEN = ("relation", "scope", "confidence", "agency", "source", "category", "file-type")
_REVIEW = ("order", "days", "offer", "suggest-after", "priorities")
_PRIORITY = ("when", "priority", "days")

_Named = StrEnum("_Named", [(one.name, one.name.lower()) for one in Urgency])  # type: ignore[misc]

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def load(path: Path) -> Policy:
    """Read a policy from a file.

    Raises:
        PolicyError: There is no such file, or it is no policy.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PolicyError(f"The policy {path} cannot be read ({error.strerror}).") from None
    try:
        return parse(data.decode(), str(path))
    except UnicodeDecodeError as error:
        raise PolicyError(f"The policy {path} is not UTF-8 (at byte {error.start}).") from None


def parse(text: str, where: str = "policy") -> Policy:
    """Read a policy from text.

    Raises:
        PolicyError: It is no policy; a line for every mistake.
    """
    if len(text.encode()) > MOST_BYTES:
        raise PolicyError(f"{where} is larger than {MOST_BYTES:,} bytes. A policy is a page of text.")
    reader = _Reader(where)
    try:
        # Nothing of a safe loader runs what is written; and nodes, unlike values, cannot multiply by aliases.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise PolicyError(f"{_at(where, mark)}: this is no YAML: {error.problem or error.context}.") from None
    except (yaml.YAMLError, RecursionError) as error:
        said = str(error).splitlines()[0] if isinstance(error, yaml.YAMLError) else "it is nested too deep"
        raise PolicyError(f"{where}: this is no YAML: {said}.") from None
    policy = reader.policy(root)
    if reader.mistakes or policy is None:
        raise PolicyError("\n".join(reader.mistakes[:MOST_MISTAKES]))
    return policy


def _at(where: str, mark: Any) -> str:
    return where if mark is None else f"{where}:{mark.line + 1}:{mark.column + 1}"


@dataclass(slots=True)
class _Reader:
    """Walks the nodes of one file, and collects what is wrong."""

    where: str
    mistakes: list[str] = field(default_factory=list)

    def wrong(self, node: Node | None, message: str) -> None:
        self.mistakes.append(f"{_at(self.where, node and node.start_mark)}: {message}")

    def policy(self, root: Node | None) -> Policy | None:
        parts = self.mapping(root, _TOP, "a policy", required=("policy", "rules"))
        if "policy" in parts:
            version = self.text(parts["policy"])
            if version != str(FORMAT):
                self.wrong(parts["policy"], f"'policy' is the format's version, which is {FORMAT}.")
        name = self.text(parts["name"]) if "name" in parts else "Unnamed policy"
        rules = parts.get("rules")
        if rules is None:
            return None
        if not isinstance(rules, SequenceNode):
            self.wrong(rules, "'rules' must be a list: each rule begins with '- name:'.")
            return None
        read = [self.rule(node) for node in rules.value]
        whole = tuple(rule for rule in read if rule is not None)
        review = self.review(parts["review"]) if "review" in parts else Review()
        if self.mistakes or review is None:
            return None
        return self.made(rules, lambda: Policy(name=name or "", rules=whole, review=review))

    def review(self, node: Node) -> Review | None:
        parts = self.mapping(node, _REVIEW, "'review'")
        values: dict[str, Any] = {}
        if "order" in parts:
            values["order"] = self.choice(parts["order"], First, "order")
        if "offer" in parts:
            named = (self.choice(one, Relation, "relation") for one in self.items(parts["offer"]))
            values["offer"] = frozenset(one for one in named if one is not None)
        for key, name in (("days", "days"), ("suggest-after", "suggest_after")):
            if key in parts:
                values[name] = self.number(parts[key], key, int, "a whole one")
        if "priorities" in parts:
            found = [self.priority(one) for one in self.items(parts["priorities"])]
            values["priorities"] = tuple(one for one in found if one is not None)
        return None if self.mistakes else self.made(node, lambda: Review(**values))

    def priority(self, node: Node) -> Precedence | None:
        before = len(self.mistakes)
        parts = self.mapping(node, _PRIORITY, "a priority", required=("when", "priority"))
        values: dict[str, Any] = {}
        if "when" in parts:
            allowed = tuple(key for key, _ in _WHOSE)
            values |= self.whose(self.mapping(parts["when"], allowed, "'when'"))
        if "priority" in parts:
            named = self.choice(parts["priority"], _Named, "priority")
            values["urgency"] = None if named is None else Urgency[named.name]
        if "days" in parts:
            values["days"] = self.number(parts["days"], "days", int, "a whole one")
        if len(self.mistakes) > before:
            return None
        return self.made(node, lambda: Precedence(**values))

    def whose(self, parts: dict[str, Node]) -> dict[str, Any]:
        """The agencies, sources and categories that a condition names."""
        return {
            name: frozenset(self.text(one) or "" for one in self.items(parts[key]))
            for key, name in _WHOSE
            if key in parts
        }

    def rule(self, node: Node) -> Rule | None:
        before = len(self.mistakes)
        parts = self.mapping(node, _RULE, "a rule", required=("name", "action"))
        values: dict[str, Any] = {"name": self.text(parts["name"]) if "name" in parts else ""}
        if "action" in parts:
            values["action"] = self.choice(parts["action"], Action, "action")
        if "when" in parts:
            values |= self.when(parts["when"])
        if "mention" in parts:
            values["mention"] = self.boolean(parts["mention"])
        if "message" in parts:
            values["message"] = " ".join((self.text(parts["message"]) or "").split())
        if "reviewers" in parts:
            values["reviewers"] = self.number(parts["reviewers"], "reviewers", int, "1 or 2")
        if len(self.mistakes) > before:
            return None
        return self.made(node, lambda: Rule(**values))

    def when(self, node: Node) -> dict[str, Any]:
        parts = self.mapping(node, _WHEN, "'when'")
        values: dict[str, Any] = {}
        if "relation" in parts:
            named = (self.choice(one, Relation, "relation") for one in self.items(parts["relation"]))
            values["relations"] = frozenset(one for one in named if one is not None)
        if "scope" in parts:
            values["scope"] = self.choice(parts["scope"], Scope, "scope")
        if "confidence" in parts:
            values["at_least"] = self.number(parts["confidence"], "confidence", float, "0 to 1")
        values |= self.whose(parts)
        if "file-type" in parts:
            values["file_types"] = frozenset(self.file_types(parts["file-type"]))
        return values

    def file_types(self, node: Node) -> Iterator[str]:
        for one in self.items(node):
            name = self.text(one)
            if name in FILE_TYPES:
                yield name
            elif name is not None:
                self.wrong(one, f"'{name}' is no file type. Allowed are: {', '.join(sorted(FILE_TYPES))}.")

    def made(self, node: Node, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except PolicyError as error:
            self.wrong(node, error.message)
            return None

    def mapping(
        self, node: Node | None, allowed: tuple[str, ...], what: str, required: tuple[str, ...] = ()
    ) -> dict[str, Node]:
        if not isinstance(node, MappingNode):
            self.wrong(node, f"{what} must be a mapping of: {', '.join(allowed)}.")
            return {}
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if name not in allowed:
                self.wrong(key, f"{what} has no '{name}'. Allowed are: {', '.join(allowed)}.")
            elif name in found:
                self.wrong(key, f"'{name}' is there twice.")
            found[name] = value
        for name in required:
            if name not in found:
                self.wrong(node, f"{what} needs '{name}'.")
        return {name: value for name, value in found.items() if name in allowed}

    def items(self, node: Node) -> list[Node]:
        """The items of a list, or the one thing that stands for a list of one."""
        if isinstance(node, SequenceNode):
            if not node.value:
                self.wrong(node, "the list is empty. Leave it out to mean any.")
            return list(node.value)
        return [node]

    def text(self, node: Node) -> str | None:
        if isinstance(node, ScalarNode) and (text := str(node.value).strip()):
            return text
        self.wrong(node, "here must be a word or a sentence.")
        return None

    def choice(self, node: Node, kind: type[E], what: str) -> E | None:
        text = self.text(node)
        if text is None or text in set(kind):
            return None if text is None else kind(text)
        self.wrong(node, f"'{text}' is no {what}. Allowed are: {', '.join(kind)}.")
        return None

    def number(self, node: Node, what: str, kind: Callable[[str], T], allowed: str) -> T | None:
        text = self.text(node)
        try:
            return None if text is None else kind(text)
        except ValueError:
            self.wrong(node, f"'{what}' must be a number ({allowed}), not '{text}'.")
            return None

    def boolean(self, node: Node) -> bool:
        text = self.text(node)
        if text not in (None, "true", "false"):
            self.wrong(node, f"'mention' must be true or false, not '{text}'.")
        return text == "true"
