"""What a policy went by comes back from the catalog as it was, on every database."""

from datetime import UTC, datetime, timedelta

from onecopy.catalog import contents, decisions, events, occurrences, policies
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.store import Catalog
from onecopy.model import Relation
from onecopy.policy import Facts, Scope, Seen, default
from onecopy.policy.history import MOST, adopt, pack, received

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
KNOWN = {"agency": "fire", "source": "portal", "category": "plan", "file_type": "pdf"}


def seen(image, relation, scope, confidence=1.0):
    facts = Facts(relation=Relation(relation), confidence=confidence, scope=Scope(scope), **KNOWN)
    return Seen(image=image, facts=facts)


def keep(connection, moment, facts, policy="a" * 64):
    one = Occurrence(
        name="p.pdf", content="0" * 64, case_id="7", agency="fire", source="portal", category="plan"
    )
    number = occurrences.add(connection, one)
    made = Decision(
        occurrence=number,
        decision="hold",
        reason="",
        matches=[],
        made_at=moment,
        policy=policy,
        rule="r",
        reviewers=2,
        facts=facts,
    )
    decisions.add(connection, made)
    assert decisions.of_occurrence(connection, number) == [made]


def test_facts_come_back_exactly(catalog_url):
    every = (seen(None, "same-bytes", "agency"), seen(1, "unclear", "everywhere", 0.1 + 0.2))
    with Catalog(catalog_url) as catalog:
        with catalog.write() as connection:
            contents.add(connection, "0" * 64, 1)
            keep(connection, NOW, pack(every, 3, "pdf"))
            keep(connection, NOW - timedelta(seconds=1), pack(every, 3, "pdf"))
            keep(connection, NOW, pack(every, 3, "pdf"), policy=None)  # a person did that
            keep(connection, NOW, None)  # from before facts were kept
        with catalog.read() as connection:
            (past,) = received(connection, NOW)
            assert len(list(received(connection, NOW - timedelta(days=1)))) == 2
    assert (past.label, past.seen, past.images) == ("p.pdf in case 7", every, 3)
    assert (past.ruling.action, past.ruling.rule, past.ruling.reviewers) == ("hold", "r", 2)


def test_facts_are_bounded():
    many = [seen(number, "edited", "case") for number in range(MOST + 5)]
    assert len(pack(many, MOST + 5, "pdf")["seen"]) == MOST


def test_a_policy_is_adopted_once(catalog_url):
    with Catalog(catalog_url) as catalog:
        for _ in range(3):
            with catalog.write() as connection:
                adopt(connection, default(), actor="test")
        with catalog.read() as connection:
            assert policies.current(connection) == default().digest
            assert policies.text(connection, default().digest) == default().text
            assert events.head(connection).size == 1
