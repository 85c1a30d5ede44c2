"""The gate as a function: what other programs call, and what happens between its steps."""

import io
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import delete, select, update

from onecopy.catalog import contents, events, images, occurrences, settings
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.schema import content, image, verdict
from onecopy.catalog.store import Catalog
from onecopy.engines.local import LocalEngine
from onecopy.errors import EnvironmentProblem, UnreadableError, UsageError
from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.model import Limits, Relation
from onecopy.pipelines.exact import UNFINISHED
from onecopy.pipelines.gate import Context, Gate
from onecopy.pipelines.identify import EXTRAS
from onecopy.policy import Action, Policy, Rule, Scope
from onecopy.vault.local import LocalVault


@pytest.fixture(scope="module")
def engine():
    with LocalEngine(workers=1) as engine:
        yield engine


@pytest.fixture
def open_gate(tmp_path, catalog_url, engine):
    """Opens gates on one catalog and one vault, as processes of their own would have them."""
    catalogs = []

    def open_gate(vault=LocalVault, **how):
        catalogs.append(Catalog(catalog_url, durable=True))
        return Gate(catalogs[-1], vault(tmp_path / "vault"), engine, **how)

    yield open_gate
    for catalog in catalogs:
        catalog.close()


@pytest.fixture
def gate(open_gate):
    return open_gate()


@pytest.fixture(scope="session")
def photo():
    from skimage import data

    return Image.fromarray(np.ascontiguousarray(data.astronaut()))


@pytest.fixture(scope="session")
def jpeg(photo):
    def jpeg(quality=90):
        with io.BytesIO() as out:
            photo.save(out, "JPEG", quality=quality)
            return out.getvalue()

    return jpeg


def relations(reply):
    return [match.relation for match in reply.matches]


def rows_of(gate, *columns):
    with gate.catalog.read() as connection:
        return list(connection.execute(select(*columns)))


def test_a_path_a_file_and_a_spool_are_the_same(gate, tmp_path, jpeg):
    path = tmp_path / "front.jpg"
    path.write_bytes(jpeg())
    first = gate.submit(path, Context(case="c"))
    assert (first.decision, first.occurrence.name) == (Action.STORE, "front.jpg")
    with path.open("rb") as file:
        assert gate.submit(file, Context(case="c", name="b.jpg")).decision is Action.LINK
    with gate.spool() as spool:
        spool.write(jpeg())
        assert gate.check(spool, Context(case="c")).decision is Action.LINK
        third = gate.submit(spool, Context(case="c"))
    assert [match.occurrence.name for match in third.matches] == ["front.jpg", "b.jpg"]


def test_opened_with_nothing_but_places(tmp_path, jpeg):
    with Gate.open(tmp_path / "new" / "catalog.db", tmp_path / "new" / "vault", workers=1) as gate:
        assert gate.submit(io.BytesIO(jpeg()), Context(case="c")).decision is Action.STORE


def test_missing_path(gate, tmp_path):
    with pytest.raises(UnreadableError) as caught:
        gate.submit(tmp_path / "none.jpg", Context(case="c"))
    assert caught.value.code == "vanished"


def test_bad_context_stores_nothing(gate, jpeg):
    with pytest.raises(UsageError):
        gate.submit(io.BytesIO(jpeg()), Context(case=""))
    assert list(gate.vault) == []


def test_limit(open_gate):
    gate = open_gate(limits=Limits(file_bytes=10))
    with pytest.raises(UnreadableError) as caught:
        gate.submit(io.BytesIO(bytes(11)), Context(case="c"))
    assert caught.value.code == "too-large"


def test_check_leaves_no_trace(gate, jpeg):
    before = gate.check(io.BytesIO(jpeg()), Context(case="c"))
    assert (before.decision, before.occurrence.id) == (Action.STORE, None)
    assert list(gate.vault) == []
    assert rows_of(gate, content) == []


def test_one_gate_sees_what_another_took_in(open_gate, jpeg):
    one, other = open_gate(), open_gate()
    other.check(io.BytesIO(jpeg(50)), Context(case="c"))
    one.submit(io.BytesIO(jpeg(90)), Context(case="c"))
    assert relations(other.check(io.BytesIO(jpeg(50)), Context(case="c"))) == [Relation.SAME_IMAGE]


class BusyVault(LocalVault):
    """A vault during whose keeping another upload is taken in: after the look, before the rows."""

    meanwhile = staticmethod(lambda: None)

    def keep(self, spool):
        """Keep, after something else happened."""
        doing, self.meanwhile = self.meanwhile, lambda: None
        doing()
        return super().keep(spool)


@pytest.mark.parametrize(("quality", "relation"), [(90, "same-bytes"), (70, "same-image")])
def test_what_was_committed_meanwhile_is_seen(open_gate, jpeg, quality, relation):
    gate, other = open_gate(BusyVault), open_gate()
    gate.vault.meanwhile = lambda: other.submit(io.BytesIO(jpeg(quality)), Context(case="c", name="first"))
    reply = gate.submit(io.BytesIO(jpeg(90)), Context(case="c", name="second"))
    assert reply.decision is Action.LINK
    assert [(match.occurrence.name, match.relation) for match in reply.matches] == [("first", relation)]
    assert len(rows_of(gate, content.c.sha256)) == len({90, quality})


def test_what_came_meanwhile_is_seen_where_there_are_no_hard_links(open_gate, jpeg, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    gate, other = open_gate(BusyVault), open_gate()
    gate.vault.meanwhile = lambda: other.submit(io.BytesIO(jpeg(70)), Context(case="c"))
    reply = gate.submit(io.BytesIO(jpeg(90)), Context(case="c"))
    assert relations(reply) == [Relation.SAME_IMAGE]
    assert list((gate.vault.root / "spool").iterdir()) == []


def test_pixels_that_another_case_had_first_are_found_in_their_own(gate, photo):
    def saved(quality, comment=b""):
        with io.BytesIO() as out:
            photo.save(out, "JPEG", quality=quality, comment=comment)
            return out.getvalue()

    gate.submit(io.BytesIO(saved(90)), Context(case="first"))
    same_data = gate.submit(io.BytesIO(saved(90, b"note")), Context(case="second"))
    assert relations(same_data) == [Relation.SAME_DATA]
    reply = gate.submit(io.BytesIO(saved(60)), Context(case="second"))
    assert reply.decision is Action.LINK
    assert [match.occurrence.case for match in reply.matches] == ["second", "first"]


def test_exact_duplicate_costs_no_decode(open_gate, jpeg):
    class Broken:
        workers = 1

        def run(self, task, calls):
            raise AssertionError("nothing needs to be read")

        def close(self):
            pass

    gate = open_gate()
    gate.submit(io.BytesIO(jpeg()), Context(case="c"))
    gate.submit(io.BytesIO(jpeg(60)), Context(case="d"))
    frugal = Gate(gate.catalog, gate.vault, Broken())
    assert frugal.submit(io.BytesIO(jpeg()), Context(case="c")).decision is Action.LINK
    # In another case, the verdicts of the first time are remembered.
    elsewhere = frugal.submit(io.BytesIO(jpeg()), Context(case="e"))
    assert relations(elsewhere) == [Relation.SAME_BYTES, Relation.SAME_BYTES, Relation.SAME_IMAGE]


def test_upload_is_kept_when_no_worker_starts(open_gate, jpeg):
    class Exhausted:
        workers = 1

        def run(self, task, calls):
            raise EnvironmentProblem("no worker can be started")

        def close(self):
            pass

    working = open_gate()
    working.submit(io.BytesIO(jpeg(70)), Context(case="c"))
    poor = Gate(working.catalog, working.vault, Exhausted())
    compared = poor.submit(io.BytesIO(jpeg(70)), Context(case="c"))
    assert compared.decision is Action.LINK
    reply = poor.submit(io.BytesIO(jpeg()), Context(case="c"))
    assert (reply.decision, reply.problems[0].code) == (Action.STORE, "not-now")
    # A later start looks at it.
    later = open_gate()
    later.prepare()
    assert relations(later.check(io.BytesIO(jpeg(60)), Context(case="c"))) == [Relation.SAME_IMAGE] * 3


def test_same_content_read_at_the_second_time_is_found_at_the_third(open_gate, jpeg):
    gate = open_gate()
    gate.submit(io.BytesIO(jpeg()), Context(case="c"))
    with gate.catalog.write() as connection:  # as if nothing had been found in it
        connection.execute(delete(image))
        connection.execute(update(content).values(fingerprint_version=None))
    other = open_gate()
    assert relations(other.check(io.BytesIO(jpeg(60)), Context(case="c"))) == []
    gate.submit(io.BytesIO(jpeg()), Context(case="d"))
    assert Relation.SAME_IMAGE in relations(other.check(io.BytesIO(jpeg(60)), Context(case="c")))


def test_rejected_upload_is_not_stored(open_gate, jpeg):
    reject = Rule(name="never twice", scope=Scope.CASE, action=Action.REJECT, message="Send new ones.")
    gate = open_gate(policy=Policy(name="strict", rules=(reject,)))
    assert gate.submit(io.BytesIO(jpeg(90)), Context(case="c")).decision is Action.STORE
    reply = gate.submit(io.BytesIO(jpeg(60)), Context(case="c"))
    assert (reply.decision, reply.occurrence.id) == (Action.REJECT, None)
    assert reply.reason.endswith("It was not stored. Send new ones.")
    assert len(list(gate.vault)) == 1


def test_comparison_that_fails_is_a_question_not_an_answer(gate, jpeg):
    first = gate.submit(io.BytesIO(jpeg(90)), Context(case="c"))
    path = gate.vault.content(first.occurrence.sha256).path
    path.rename(path.with_suffix(".lost"))
    reply = gate.submit(io.BytesIO(jpeg(60)), Context(case="c"))
    assert reply.decision is Action.HOLD
    assert relations(reply) == [Relation.UNCLEAR]
    assert reply.matches[0].evidence.method == UNFINISHED
    assert rows_of(gate, verdict) == []
    path.with_suffix(".lost").rename(path)
    again = gate.check(io.BytesIO(jpeg(60)), Context(case="new"))
    assert Relation.SAME_IMAGE in relations(again)


def scanned(gate, data):
    """Make a content look as a scan leaves it: identified without digests that only a gate needs."""
    with gate.spool() as spool:
        spool.write(data)
        found, _ = gate._identify(spool.sha256, spool.content(), [""])
    bare = [
        replace(one, fingerprint=replace(one.fingerprint, image_data_sha256=None)) for one in found.images
    ]
    with gate.catalog.write() as connection:
        contents.record(
            connection,
            spool.sha256,
            len(data),
            replace(found, images=tuple(bare)),
            version=FINGERPRINT_VERSION,
            extras=EXTRAS,
        )
        occurrences.add(connection, Occurrence(name="a.jpg", content=spool.sha256, locator="/archive/a.jpg"))
    return spool.sha256


def test_scanned_archive_in_the_same_catalog(gate, jpeg):
    sha256 = scanned(gate, jpeg())
    reply = gate.submit(io.BytesIO(jpeg()), Context(case="c"))
    assert (reply.decision, reply.matches) == (Action.STORE, ())
    with gate.catalog.read() as connection:
        (found,) = images.of_contents(connection, [sha256])
    assert found.fingerprint.image_data_sha256 is not None
    with gate.vault.open(sha256) as file:
        assert file.read() == jpeg()


def test_older_fingerprints_are_made_again(open_gate, jpeg):
    gate = open_gate()
    gate.submit(io.BytesIO(jpeg(90)), Context(case="c"))
    with gate.catalog.write() as connection:
        connection.execute(update(content).values(fingerprint_version=0))
    newer = open_gate()
    newer.prepare()
    assert rows_of(newer, content.c.fingerprint_version) == [(FINGERPRINT_VERSION,)]
    assert relations(newer.check(io.BytesIO(jpeg(60)), Context(case="c"))) == [Relation.SAME_IMAGE]


def test_noise_is_not_tied_to_a_photograph(gate, jpeg):
    noise = np.random.default_rng(7).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    with io.BytesIO() as out:
        Image.fromarray(noise).save(out, "PNG")
        data = out.getvalue()
    gate.submit(io.BytesIO(jpeg()), Context(case="c"))
    assert gate.submit(io.BytesIO(data), Context(case="c")).decision is Action.STORE


@pytest.mark.parametrize("held_are", [Relation.SAME_SCENE, Relation.SAME_FORM, Relation.DISTINCT])
def test_agreeing_with_two_that_differ_links_to_neither(open_gate, jpeg, held_are):
    gate = open_gate()
    for quality in (90, 80):
        gate.submit(io.BytesIO(jpeg(quality)), Context(case="c"))
    with gate.catalog.write() as connection:  # as for two exposures that a small copy cannot tell apart
        connection.execute(update(verdict).values(relation=str(held_are)))
    reply = gate.submit(io.BytesIO(jpeg(60)), Context(case="c"))
    assert reply.decision is Action.HOLD
    assert relations(reply) == [Relation.UNCLEAR, Relation.UNCLEAR]
    assert "known to differ" in reply.matches[0].evidence.words[-1]
    assert "known to differ" in reply.reason


@pytest.mark.parametrize("held_are", [Relation.SAME_IMAGE, Relation.UNCLEAR])
def test_agreeing_with_two_that_may_be_one_links(open_gate, jpeg, held_are):
    gate = open_gate()
    for quality in (90, 80):
        gate.submit(io.BytesIO(jpeg(quality)), Context(case="c"))
    with gate.catalog.write() as connection:
        connection.execute(update(verdict).values(relation=str(held_are)))
    reply = gate.submit(io.BytesIO(jpeg(60)), Context(case="c"))
    assert (reply.decision, relations(reply)) == (Action.LINK, [Relation.SAME_IMAGE] * 2)


def test_what_is_written_also_is_committed_with_the_upload_or_not_at_all(gate, jpeg):
    def note(connection, reply):
        settings.put(connection, "noted", reply.occurrence.id)

    kept = gate.submit(io.BytesIO(jpeg()), Context(case="c"), also=note)

    def fails(connection, reply):
        note(connection, reply)
        raise ZeroDivisionError

    with gate.catalog.read() as connection:
        before = events.head(connection).size
    with pytest.raises(ZeroDivisionError):
        gate.submit(io.BytesIO(jpeg(50)), Context(case="c"), also=fails)
    with gate.catalog.read() as connection:
        assert settings.get(connection, "noted") == kept.occurrence.id
        assert len(occurrences.of_case(connection, "c")) == 1
        assert events.head(connection).size == before


def test_what_is_written_also_is_committed_with_a_rejection(open_gate, jpeg):
    never = Rule(name="never twice", scope=Scope.CASE, action=Action.REJECT)
    gate = open_gate(policy=Policy(name="strict", rules=(never,)))
    gate.submit(io.BytesIO(jpeg()), Context(case="c"))
    said = []

    def note(connection, reply):
        said.append(reply)
        settings.put(connection, "noted", reply.decision)

    reply = gate.submit(io.BytesIO(jpeg()), Context(case="c"), also=note)
    assert (reply.decision, said) == (Action.REJECT, [reply])
    with gate.catalog.read() as connection:
        assert settings.get(connection, "noted") == "reject"


def test_what_the_uploader_says_is_kept(gate, jpeg):
    taken = datetime(2026, 5, 3, 9, 12, 44, 5000, tzinfo=timezone(timedelta(hours=-7)))
    metadata = {"inspector": "Kim", "tags": ["roof", 3, 1.5, True, None], "of": {"lot": "№ 5"}}
    gate.submit(io.BytesIO(jpeg()), Context(case="c", captured_at=taken, metadata=metadata))
    gate.submit(io.BytesIO(jpeg()), Context(case="c"))
    with gate.catalog.read() as connection:
        one, other = occurrences.of_case(connection, "c")
    assert (one.captured_at, one.metadata) == (taken, metadata)
    assert (other.captured_at, other.metadata) == (None, None)
