"""Who reviews, what is refused, and what came of an answer."""

from dataclasses import dataclass

from onecopy.catalog.answers import DECIDING, Answered
from onecopy.catalog.inheritances import Inherited
from onecopy.catalog.questions import Question
from onecopy.errors import UsageError


class Refused(UsageError):  # noqa: N818 - said as it is shown
    """Something that cannot be done to a question, and why. Nothing was changed.

    Its code is ``not-found``, ``already-answered``, ``withdrawn``, ``changed``, ``claimed``, ``assigned``,
    ``same-reviewer``, ``needs-officer``, ``bad-answer``, ``told-apart``, ``already-undone`` or
    ``cannot-undo``.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Who answers.

    Attributes:
        name: As the audit log calls them. Two names are two persons.
        agency: Whose questions they see; ``None`` for all agencies.
        officer: Whether they decide where two reviewers disagree.
    """

    name: str
    agency: str | None
    officer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an answer, or of taking one back.

    Attributes:
        question: As it is now.
        answer: The answer.
        decided: What became of which occurrence: public id and decision.
        inherited: What the kept one took over, or could not.
    """

    question: Question
    answer: Answered
    decided: tuple[tuple[str, str], ...] = ()
    inherited: tuple[Inherited, ...] = ()
    also: int = 0
    """How many other questions about the very same images were answered with it, in its batch."""

    @property
    def final(self) -> bool:
        """Whether the question is answered by it; the first of two reviewers' answers leaves it open."""
        return self.answer.final

    @property
    def words(self) -> str:
        """What happened, as a sentence."""
        if self.answer.undone_at is not None:
            return "The answer was taken back; everything is as it was before."
        if self.answer.given.answer not in DECIDING:
            return "The question stays open for others."
        if not self.final:
            second = "The two answers differ: a records officer decides."
            return second if self.question.escalated else "A second person has to agree."
        linked = sum(action == "link" for _, action in self.decided)
        said = f"Answered: {linked} linked, {len(self.decided) - linked} kept beside."
        more = "one more question" if self.also == 1 else f"{self.also} more questions"
        return f"{said} With it, {more} about the same pictures." if self.also else said
