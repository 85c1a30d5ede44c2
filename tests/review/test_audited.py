"""The audit log proves what people answered: whatever is changed behind its back is found."""

import pytest
from sqlalchemy import delete, update

from onecopy.catalog.answers import Given
from onecopy.catalog.schema import answer
from onecopy.model import Answer
from onecopy.records.audited import disagreements
from onecopy.review.decide import decide
from onecopy.review.model import Reviewer
from onecopy.review.undo import undo

ANA = Reviewer(name="Ana", agency="fire")


def found(world):
    with world.catalog.read() as connection:
        return [line for line in disagreements(connection) if "uploads that were kept" not in line]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (update(answer).values(answer="not-related"), "has another answer in the catalog"),
        (update(answer).values(by="Eve"), "has another reviewer in the catalog"),
        (update(answer).values(undone_at=None), "has another standing in the catalog"),
        (delete(answer), "and not in the catalog"),
    ],
)
def test_what_was_changed_is_found(world, change, said):
    question, *_ = world.pair()
    given = Given(answer=Answer.BOTH_NEEDED)
    first = decide(world.catalog, question.public_id, given, version=1, by=ANA).answer
    assert found(world) == []
    undo(world.catalog, first.public_id, by=ANA)
    assert found(world) == []
    with world.catalog.write() as connection:
        connection.execute(change)
    assert any(said in line for line in found(world))
