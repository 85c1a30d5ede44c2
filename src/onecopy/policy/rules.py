"""What to do about an upload, given what it is to what is already held: one rule, and which one fits.

Rules are read in order and the first that fits decides. A rule that would merge what must not be merged
cannot be made, neither in a file nor in Python: whatever an agency writes down, no two documents become one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from onecopy.errors import UsageError
from onecopy.model import LINKABLE, Relation

SURE = 0.99
"""The confidence from which two encodings of one picture may be linked."""
LONGEST_MESSAGE = 500
LONGEST_NAME = 100

FILE_TYPES = frozenset(
    {"jpeg", "png", "tiff", "gif", "bmp", "webp", "avif", "jpeg2000", "pnm", "heic", "pdf", "zip", "tar"}
)


class PolicyError(UsageError):
    """A policy that cannot be followed; the message says where it is wrong and what is allowed."""

    code = "bad-policy"


class Action(StrEnum):
    """What becomes of an upload. Its bytes are kept under all of them but ``reject``."""

    STORE = "store"
    LINK = "link"
    HOLD = "hold"
    REJECT = "reject"


class Scope(StrEnum):
    """How far around an upload its policy looks, each wider than the one before.

    Of an earlier occurrence, it is the narrowest that takes it in; a rule takes in all up to its own.
    """

    CASE = "case"
    """The same case of the same agency."""
    AGENCY = "agency"
    """Every case of the same agency."""
    EVERYWHERE = "everywhere"
    """Other agencies, too, as far as an agreement lets theirs be seen."""


_WIDTH = {scope: width for width, scope in enumerate(Scope)}
_WHERE = {
    Scope.CASE: "in the same case",
    Scope.AGENCY: "in another case of the agency",
    Scope.EVERYWHERE: "in another agency",
}
_NEVER_LINKED = {
    Relation.EDITED: "content or framing differ, and the difference may be what matters",
    Relation.UNCLEAR: "what would decide cannot be seen: that is a question for a person",
    Relation.SAME_SCENE: "they are different captures, each evidence by itself",
    Relation.SAME_FORM: "they are different documents on one form",
    Relation.DISTINCT: "they have nothing to do with each other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a rule may look at: what one earlier occurrence is to the upload, and what the upload is."""

    relation: Relation
    confidence: float
    scope: Scope
    agency: str = ""
    source: str = ""
    category: str = ""
    file_type: str = ""
    """Of the uploaded file (:data:`FILE_TYPES`); empty if it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of a policy: when it fits, and what it says. An empty set stands for *any*.

    Raises:
        PolicyError: It says something that no policy may say.
    """

    name: str
    action: Action
    relations: frozenset[Relation] = frozenset(Relation)
    scope: Scope = Scope.EVERYWHERE
    at_least: float = 0.0
    """The confidence from which it fits, 0 to 1."""
    agencies: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    file_types: frozenset[str] = frozenset()
    mention: bool = True
    """Whether the uploader is told of the earlier occurrence in words."""
    message: str = ""
    """What the uploader is told besides."""
    reviewers: int = 1
    """How many people must agree about what is held."""

    def __post_init__(self) -> None:
        """Refuse what no policy may say."""
        for problem in _problems(self):
            raise PolicyError(f"Rule '{self.name}': {problem}")


def _problems(rule: Rule) -> Iterator[str]:
    if not rule.relations:
        yield "it names no relation. Leave 'relation' out for all of them."
    if not 0 <= rule.at_least <= 1:
        yield f"the confidence {rule.at_least} is not between 0 and 1."
    if rule.action is Action.LINK:
        yield from _unlinkable(rule)
    if rule.reviewers not in (1, 2):
        yield f"{rule.reviewers} reviewers cannot be asked for; one or two can."
    if rule.reviewers == 2 and rule.action is not Action.HOLD:
        yield f"reviewers look at what is held, and it says '{rule.action}'. Use 'hold', or leave them out."
    if len(rule.message) > LONGEST_MESSAGE:
        yield f"the message is longer than {LONGEST_MESSAGE} characters."
    if unknown := rule.file_types - FILE_TYPES:
        allowed = ", ".join(sorted(FILE_TYPES))
        yield f"'{min(unknown)}' is no file type that is known. Allowed are: {allowed}."


def _unlinkable(rule: Rule) -> Iterator[str]:
    for relation in _NEVER_LINKED:
        if relation in rule.relations:
            allowed = ", ".join(relation for relation in Relation if relation in LINKABLE)
            yield (
                f"a pair that is '{relation}' is never linked: {_NEVER_LINKED[relation]}. "
                f"Use 'store', 'hold' or 'reject', or name relations that can be linked: {allowed}."
            )
    if Relation.SAME_IMAGE in rule.relations and rule.at_least < SURE:
        yield (
            f"'same-image' may be linked from a confidence of {SURE} on, and this says {rule.at_least:g}. "
            f"Write 'confidence: {SURE}' or more, and a rule for the rest below it."
        )


OTHERWISE = Rule(name="otherwise", action=Action.STORE, mention=False)
"""What no rule fits is stored and not mentioned."""


def misfit(rule: Rule, facts: Facts) -> str | None:
    """Why a rule does not fit, in words that follow its name; ``None`` if it does."""
    return next(_misfits(rule, facts), None)


def _misfits(rule: Rule, facts: Facts) -> Iterator[str]:
    if facts.relation not in rule.relations:
        yield f"is for {_either(rule.relations)}, not for {facts.relation}"
    if _WIDTH[facts.scope] > _WIDTH[rule.scope]:
        yield f"looks no further than the {rule.scope}, and the earlier one is {_WHERE[facts.scope]}"
    if facts.confidence < rule.at_least:
        yield f"needs a confidence of {rule.at_least:g}, and this is {facts.confidence:.4g}"
    for word, allowed, given in (
        ("agency", rule.agencies, facts.agency),
        ("source", rule.sources, facts.source),
        ("category", rule.categories, facts.category),
        ("file type", rule.file_types, facts.file_type),
    ):
        if allowed and given not in allowed:
            said = f"'{given}'" if given else "not known"
            yield f"is for the {word} {_either(allowed)}, and this one's is {said}"


def _either(words: frozenset[str] | frozenset[Relation]) -> str:
    *most, last = [one for one in Relation if one in words] if words <= frozenset(Relation) else sorted(words)
    return f"{', '.join(most)} or {last}" if most else str(last)


def rule_for(rules: Sequence[Rule], facts: Facts) -> Rule:
    """The first rule that fits, or :data:`OTHERWISE`."""
    return next((rule for rule in rules if misfit(rule, facts) is None), OTHERWISE)
