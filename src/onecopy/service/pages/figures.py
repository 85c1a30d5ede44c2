"""The dashboard's figures: what was counted, and what follows from it under assumptions that are stated."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, Connection, func, select

from onecopy.catalog import tallies
from onecopy.catalog.schema import answer, question
from onecopy.catalog.tallies import Sums

TERABYTE = 10**12
MINUTES_A_DAY = 480
"""Of review work: eight hours."""
RECENT = 1000
"""Answers that the time to a decision is worked out of: the newest."""
MOST_ROWS = 12
"""Agencies and sources that are named; what the others have is one row."""
MONTHS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What figures are worked out with; settings of the service."""

    minutes_a_look: float
    """How long a person looks at one picture."""
    price_per_tb_year: float
    """US dollars for 10¹² bytes and a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was received of one agency, source or month. ``name`` is ``None`` for all the others together."""

    name: str | None
    sums: Sums
    stored: int
    """Bytes that are stored."""

    @property
    def saved(self) -> int:
        """Bytes that were not stored again: really reclaimed."""
        return max(0, self.sums.bytes - self.stored)

    @property
    def share(self) -> float:
        """Of uploads, those that are a copy of another."""
        return self.sums.redundant / self.sums.received if self.sums.received else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Questions to people. Durations are ``None`` where there is nothing to work them out of."""

    open: int
    overdue: int
    median_age: timedelta | None
    answered: int
    time_to_decision: timedelta | None
    """The median over the newest answers."""
    reversals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that the dashboard shows."""

    total: Row
    months: list[Row]
    sources: list[Row]
    agencies: list[Row]
    questions: Questions
    assumptions: Assumptions

    @property
    def not_looked_at(self) -> int:
        """Pictures that nobody had to look at: linked by a policy, or by an answer that was given for all."""
        sums = self.total.sums
        return sums.linked + max(0, sums.linked_by_people - self.questions.answered)

    @property
    def review_days(self) -> float:
        """Days of review work that this avoided."""
        return self.not_looked_at * self.assumptions.minutes_a_look / MINUTES_A_DAY

    def cost(self, size: int) -> float:
        """What keeping bytes for a year costs, in US dollars."""
        return size / TERABYTE * self.assumptions.price_per_tb_year


def figures(
    connection: Connection, agency: str | None, assumptions: Assumptions, *, now: datetime
) -> Figures:
    """Work out the figures of an agency, or of all.

    Every query is over totals or an index: none grows with the number of uploads.
    """
    whole = tallies.total(connection, agency)
    total = _row(None, whole, own=agency is not None)
    months = tallies.grouped(connection, "month", agency, most=MONTHS)[::-1]
    return Figures(
        total=total,
        months=[_row(name, sums, own=agency is not None) for name, sums in months],
        sources=_rows(connection, "source", agency, whole),
        agencies=_rows(connection, "agency", agency, whole) if agency is None else [],
        questions=_questions(connection, agency, now),
        assumptions=assumptions,
    )


def _rows(connection: Connection, by: str, agency: str | None, whole: Sums) -> list[Row]:
    found = tallies.grouped(connection, by, agency, most=MOST_ROWS)
    own = agency is not None or by == "agency"
    rows = [_row(name, sums, own=own) for name, sums in found]
    left = {
        one.name: getattr(whole, one.name) - sum(getattr(sums, one.name) for _, sums in found)
        for one in fields(Sums)
    }
    return [*rows, _row(None, Sums(**left), own=own)] if left["received"] > 0 else rows


def _row(name: str | None, sums: Sums, *, own: bool) -> Row:
    # An agency's own figures must not tell whether others hold the same, nor depend on who came first.
    return Row(name=name, sums=sums, stored=sums.own_bytes if own else sums.stored_bytes)


def _questions(connection: Connection, agency: str | None, now: datetime) -> Questions:
    open_now, answered = (_state(state, agency) for state in ("open", "answered"))
    count = connection.scalar(select(func.count()).where(*open_now)) or 0
    overdue = connection.scalar(select(func.count()).where(*open_now, question.c.due_at < now)) or 0
    middle = select(question.c.opened_at).where(*open_now).order_by(question.c.opened_at)
    opened = connection.scalar(middle.offset(count // 2).limit(1)) if count else None
    taken = select(question.c.opened_at, question.c.answered_at).where(*answered)
    newest = connection.execute(taken.order_by(question.c.answered_at.desc()).limit(RECENT)).all()
    seconds = [(done - began).total_seconds() for began, done in newest if done is not None]
    undone = select(func.count()).select_from(answer).where(answer.c.undone_at.is_not(None))
    if agency is not None:
        undone = undone.join(question, question.c.id == answer.c.question).where(question.c.agency == agency)
    return Questions(
        open=count,
        overdue=overdue,
        median_age=None if opened is None else now - opened,
        answered=connection.scalar(select(func.count()).where(*answered)) or 0,
        time_to_decision=timedelta(seconds=median(seconds)) if seconds else None,
        reversals=connection.scalar(undone) or 0,
    )


def _state(state: str, agency: str | None) -> list[ColumnElement[bool]]:
    whose = [] if agency is None else [question.c.agency == agency]
    return [*whose, question.c.state == state]
