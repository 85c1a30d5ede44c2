from pathlib import Path

from onecopy.catalog import contents, files, occurrences, previews, scans
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.store import Catalog
from onecopy.findings import Findings, Redundant, Totals, Unreadable
from onecopy.model import FileIdentity, Fingerprint, ImageFound, Relation

SHA = "ab" * 32
HUGE = (5 << 30, -1, (1 << 64) - 2, 1 << 63)


def test_states_come_back(catalog: Catalog) -> None:
    with catalog.write() as connection:
        contents.record(connection, SHA, 10, FileIdentity(), version=3)
        file = Occurrence(name="a", locator="/x/a", content=SHA)
        lost = Occurrence(name="b", locator="/x/b", content=None, problem=("no-access", "Permission denied."))
        numbers = occurrences.add_all(connection, [file, lost])
        first, second = numbers[file.public_id], numbers[lost.public_id]
        files.put_states(connection, [(first, HUGE), (second, (1, 2, 3, 4))])
        known = files.at(connection, ["/x/a", "/x/b", "/x/c"])
        assert set(known) == {"/x/a", "/x/b"}
        assert known["/x/a"].state == HUGE
        assert (known["/x/a"].occurrence, known["/x/a"].fingerprint_version) == (first, 3)
        assert (known["/x/b"].content, known["/x/b"].problem) == (None, ("no-access", "Permission denied."))
        assert list(files.by_ids(connection, [second])) == [known["/x/b"]]
        files.put_states(connection, [(first, (1, 2, 3, 4))])
        assert files.at(connection, ["/x/a"])["/x/a"].state == (1, 2, 3, 4)
        occurrences.gone(connection, [first])
        assert files.at(connection, ["/x/a"]) == {}


def test_what_lies_in_a_folder(catalog: Catalog) -> None:
    names = ["/x", "/x!y", "/x/a", "/x/b/c", "/x/é", "/x0", "/X/a", "/xy/a"]
    with catalog.write() as connection:
        numbers = occurrences.add_all(
            connection, [Occurrence(name=n, locator=n, content=None, problem=("vanished", "")) for n in names]
        )
        files.put_states(connection, [(number, (0, 0, 0, 0)) for number in numbers.values()])
        assert [f.absolute for f in files.within(connection, "/x")] == ["/x", "/x/a", "/x/b/c", "/x/é"]
        assert len(list(files.within(connection, "/"))) == len(names)


def test_findings_are_kept_for_the_state_they_hold_in(catalog: Catalog) -> None:
    totals = Totals(
        files=1, images=0, bytes=2, unreadable=1, unmatchable=0, by_relation={Relation.EDITED: 3},
        redundant={Relation.SAME_BYTES: Redundant(images=1, bytes=2)},
    )  # fmt: skip
    found = Findings(
        onecopy="1",
        sources=("x",),
        totals=totals,
        unreadable=(Unreadable(locator="x", code="c", message="m"),),
    )
    with catalog.write() as connection:
        assert not scans.unfinished(connection, "k")
        first = scans.begin(connection, ["x"], "k")
        assert scans.unfinished(connection, "k")
        scans.finish(connection, first, key="k", state="s", findings=found)
        assert not scans.unfinished(connection, "k")
        assert scans.findings(connection, "k", "s") == found
        assert scans.findings(connection, "k", "other") is None
        assert scans.findings(connection, "other", "s") is None
        second = scans.begin(connection, ["x"], "k")
        scans.finish(connection, second, key="k", state="t", findings=None)
        assert scans.findings(connection, "k", "s") is None


def test_previews_go_with_their_image(tmp_path: Path, catalog: Catalog) -> None:
    fingerprint = Fingerprint(
        version=3, sha256=SHA, image_data_hint="0" * 32, image_data_sha256=None, pixels_sha256=None, pdq=None,
        pdq_turned=None, pdq_quality=0, pdq_trimmed=None, features=b"",
        byte_size=1, width=1, height=1, format="png", mode="1", lossless=True,
    )  # fmt: skip
    identity = FileIdentity(images=(ImageFound(inner="", fingerprint=fingerprint),))
    with catalog.write() as connection:
        contents.record(connection, SHA, 10, identity, version=3)
        previews.put(connection, 1, 256, b"jpeg")
        previews.put(connection, 1, 256, b"ignored")
        assert previews.get(connection, 1, 256) == b"jpeg"
        assert previews.get(connection, 1, 512) is None
        contents.record(connection, SHA, 10, FileIdentity(), version=4)
        assert previews.get(connection, 1, 256) is None
