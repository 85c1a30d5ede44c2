from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from onecopy.catalog import arrivals, contents, decisions, images, occurrences, settings, verdicts
from onecopy.catalog.decisions import Decision
from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.store import Catalog
from onecopy.model import (
    Capture,
    ContainerFound,
    Evidence,
    FileIdentity,
    Fingerprint,
    ImageFound,
    Print,
    Problem,
    Region,
    Relation,
    Skipped,
    Verdict,
)

SHA = "ab" * 32
FULL = Fingerprint(
    version=3,
    sha256=SHA,
    image_data_hint="0f" * 16,
    image_data_sha256="cd" * 32,
    pixels_sha256="ef" * 32,
    pdq=bytes(range(32)),
    pdq_turned=bytes(range(96)),
    pdq_quality=97,
    pdq_trimmed=bytes(reversed(range(32))),
    features=bytes(range(256)) * 3,
    byte_size=5_000_000_000,
    width=4000,
    height=3000,
    format="jpeg",
    mode="RGB",
    lossless=False,
    orientation=6,
    profile_sha256="12" * 32,
    has_alpha=True,
    frames=7,
    quantisation=0.1 + 0.2,
    capture=Capture(taken_at="2026-01-02T03:04:05.678+02:00", gps=(52.1, -1 / 3), creator="Zoë\u2028\x00"),
    unmatchable="blank",
)
BARE = Fingerprint(
    version=3, sha256=SHA, image_data_hint="0f" * 16, image_data_sha256=None, pixels_sha256=None, pdq=None,
    pdq_turned=None, pdq_quality=0, pdq_trimmed=None, features=b"",
    byte_size=0, width=1, height=1, format="png", mode="1", lossless=True,
)  # fmt: skip


def record(catalog: Catalog, sha256: str, *fingerprints: Fingerprint) -> list[StoredImage]:
    found = tuple(ImageFound(inner=f"#page={n}", fingerprint=f) for n, f in enumerate(fingerprints))
    with catalog.write() as connection:
        contents.record(connection, sha256, 10, FileIdentity(images=found), version=3)
    with catalog.read() as connection:
        return list(images.of_contents(connection, [sha256]))


def test_an_identity_comes_back_exactly(catalog: Catalog) -> None:
    identity = FileIdentity(
        images=(
            ImageFound(inner="!/b%0A.png", fingerprint=BARE),
            ImageFound(inner="!/a.jpg", fingerprint=FULL),
        ),
        containers=(ContainerFound(inner="", format="zip", images=2),),
        problems=(Problem(inner="!/c", code="truncated", message="Ends early."),),
        skipped=(Skipped(inner="!/d.txt", reason="not an image"),),
    )
    with catalog.write() as connection:
        contents.record(connection, SHA, 10, identity, version=3)
    with catalog.read() as connection:
        assert contents.identity(connection, SHA) == identity
        assert contents.identity(connection, "0" * 64) is None


def test_a_new_version_replaces(catalog: Catalog) -> None:
    (old,) = record(catalog, SHA, BARE)
    with catalog.write() as connection:
        verdict = Verdict(relation=Relation.DISTINCT, confidence=1.0, evidence=Evidence(method="photo"))
        verdicts.record(connection, {(old.id, old.id): verdict}, version=1)
        assert contents.known(connection, [SHA], version=3) == {SHA}
        assert contents.known(connection, [SHA], version=4) == set()
        contents.record(
            connection,
            SHA,
            10,
            FileIdentity(images=(ImageFound(inner="", fingerprint=replace(FULL, version=4)),)),
            version=4,
        )
        assert [one.content for one in images.prints(connection, version=4)] == [SHA]
        assert list(images.prints(connection, version=3)) == []
        assert list(verdicts.known(connection, [(old.id, old.id)], version=1)) == []


def test_what_was_seen_of_pixels_outlives_another_fingerprint(catalog: Catalog) -> None:
    """A case would come apart, and its questions with it, whenever fingerprints are made in a better way."""
    other = "0" * 64
    (beside,) = record(catalog, other, FULL)
    kept, smaller = record(catalog, SHA, BARE, replace(BARE, width=9))
    seen = Verdict(relation=Relation.EDITED, confidence=0.9, evidence=Evidence(method="photo"))
    pairs = {(kept.id, smaller.id): seen, (kept.id, beside.id): seen, (beside.id, smaller.id): seen}
    with catalog.write() as connection:
        verdicts.record(connection, pairs, version=1)
    kept, smaller = record(catalog, SHA, replace(BARE, version=4), replace(BARE, width=8))
    with catalog.read() as connection:
        every = [(a, b) for a in (kept.id, beside.id, smaller.id) for b in (kept.id, beside.id, smaller.id)]
        assert dict(verdicts.known(connection, every, version=1)) == {(kept.id, beside.id): seen}


def test_what_needed_an_extra_is_tried_again(catalog: Catalog) -> None:
    problem = Problem(inner="", code="needs-extra", message="pip install 'onecopy[heic]'")
    with catalog.write() as connection:
        contents.record(connection, SHA, 1, FileIdentity(problems=(problem,)), version=3, extras="")
        contents.record(connection, "0" * 64, 1, FileIdentity(), version=3, extras="")
        both = [SHA, "0" * 64]
        assert contents.known(connection, both, version=3, extras="") == set(both)
        assert contents.known(connection, both, version=3, extras="heic") == {"0" * 64}


def test_images_by_number_and_by_digest(catalog: Catalog) -> None:
    first, second = record(catalog, SHA, BARE, FULL)
    with catalog.write() as connection:
        assert images.by_ids(connection, [second.id, 99]) == {second.id: second}
        assert images.twins(connection, replace(BARE, sha256="0" * 64)) == [first, second]
        far = replace(FULL, sha256="0" * 64, image_data_hint="1" * 32)
        assert images.twins(connection, far) == [second]
        images.set_image_data_sha256(connection, {first.id: "9" * 64})
        assert images.by_ids(connection, [first.id])[first.id].fingerprint.image_data_sha256 == "9" * 64


def test_images_as_they_are_searched_by(catalog: Catalog) -> None:
    first, second = record(catalog, SHA, BARE, FULL)
    with catalog.write() as connection:
        for agency in ("fire", "parks"):
            arrivals.add(connection, agency, SHA)
        found = list(images.prints(connection, version=3))
        assert [one.id for one in found] == [first.id, second.id]
        assert found == list(images.received(connection, "fire", 0, version=3))
        assert list(images.received(connection, "fire", 1, version=3)) == []
        assert list(images.received(connection, "police", 0, version=3)) == []
        for one, stored in zip(found, (first, second), strict=True):
            for name in Print._fields:
                assert getattr(one.print, name) == getattr(stored.fingerprint, name), name
        bare = images.prints(connection, version=3, features=False)
        assert [one.print for one in bare] == [one.print._replace(features=b"") for one in found]


def test_verdicts_are_kept_by_version(catalog: Catalog) -> None:
    first, second = record(catalog, SHA, BARE, FULL)
    evidence = Evidence(
        method="photo",
        words=("a stamp",),
        transform=tuple(n / 7 for n in range(9)),
        turned=90,
        overlap_a=0.25,
        regions=(Region(a=(1, 2, 3, 4), b=None, note="stamp"),),
        contains="a",
        measures={"residual": 1e-9},
    )
    pair = (first.id, second.id)
    verdict = Verdict(relation=Relation.EDITED, confidence=0.875, evidence=evidence)
    with catalog.write() as connection:
        verdicts.record(connection, {pair: verdict}, version=1)
        assert dict(verdicts.known(connection, [pair, (7, 8)], version=1)) == {pair: verdict}
        assert dict(verdicts.known(connection, [pair], version=2)) == {}
        verdicts.record(connection, {pair: replace(verdict, confidence=0.5)}, version=2)
        assert dict(verdicts.known(connection, [pair], version=2))[pair].confidence == 0.5


def test_a_pair_has_one_order() -> None:
    a = StoredImage(id=9, content="a" * 64, inner="", fingerprint=BARE)
    b = StoredImage(id=1, content="b" * 64, inner="", fingerprint=BARE)
    assert verdicts.ordered(a, b) == verdicts.ordered(b, a) == (a, b)


def test_occurrences_and_decisions(catalog: Catalog) -> None:
    upload = Occurrence(name="a\nb.jpg", content=SHA, case_id="P-1", agency="Works", uploader="portal")
    with catalog.write() as connection:
        contents.add(connection, SHA, 10)
        number = occurrences.add(connection, upload)
        again = occurrences.add(connection, Occurrence(name="c.jpg", content=SHA, case_id="P-1"))
        stored = occurrences.get(connection, upload.public_id)
        assert stored == replace(upload, id=number)
        assert [o.id for o in occurrences.of_case(connection, "P-1")] == [number, again]
        assert [o.id for o in occurrences.of_contents(connection, [SHA])] == [number, again]
        occurrences.gone(connection, [again])
        assert [o.id for o in occurrences.of_contents(connection, [SHA])] == [number]
        assert occurrences.get(connection, "nothing") is None
        decision = Decision(
            occurrence=number, decision="link", reason="held", matches=[{"relation": "edited"}]
        )
        decisions.add(connection, decision)
        assert decisions.of_occurrence(connection, number) == [decision]


def test_a_file_is_present_once(catalog: Catalog) -> None:
    with catalog.write() as connection:
        contents.add(connection, SHA, 10)
        first = occurrences.add(connection, Occurrence(name="a", content=SHA, locator="/x/a"))
        occurrences.gone(connection, [first])
        occurrences.add(connection, Occurrence(name="a", content=SHA, locator="/x/a"))
    with pytest.raises(IntegrityError), catalog.write() as connection:
        occurrences.add(connection, Occurrence(name="a", content=SHA, locator="/x/a"))


def test_an_occurrence_needs_its_content(catalog: Catalog) -> None:
    with pytest.raises(IntegrityError), catalog.write() as connection:
        occurrences.add(connection, Occurrence(name="a", content="f" * 64))


def test_settings(catalog: Catalog) -> None:
    with catalog.write() as connection:
        settings.put(connection, "token", "1")
        settings.put(connection, "token", "2")
        assert settings.get(connection, "token") == "2"


def test_verdicts_among_some_images_and_whom_they_agree_with(catalog: Catalog) -> None:
    stored = record(catalog, SHA, *[FULL] * 6)
    ids = [one.id for one in stored]

    def said(relation: Relation, confidence: float = 1.0) -> Verdict:
        return Verdict(relation=relation, confidence=confidence, evidence=Evidence(method="photo"))

    same, found = Relation.SAME_IMAGE, {}
    for a, b, verdict in (
        (0, 1, said(same)), (0, 2, said(same)), (3, 1, said(same)), (2, 3, said(same)), (4, 1, said(same)),
        (1, 5, said(same, 0.98)), (2, 5, said(Relation.EDITED)), (1, 2, said(Relation.DISTINCT)),
    ):  # fmt: skip
        found[ids[a], ids[b]] = verdict
    with catalog.write() as connection:
        verdicts.record(connection, found, version=7)
        near = ids[1:3]
        assert dict(verdicts.among(connection, near, version=7)) == {tuple(near): said(Relation.DISTINCT)}
        assert dict(verdicts.among(connection, near, version=8)) == {}

        def partners(most: int, version: int = 7) -> list[int]:
            return verdicts.partners(connection, near, version=version, at_least=0.99, most=most)

        assert partners(9) == [ids[0], ids[3], ids[4]]
        assert partners(1) == [ids[0]]
        assert partners(9, version=8) == []
