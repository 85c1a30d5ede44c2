"""Many processes at one instant, on SQLite with a folder and on PostgreSQL with a bucket."""

import contextlib
import json
import signal
import subprocess
import sys
import time

import gate_process
import pytest

from onecopy.catalog import arrivals, uploads
from onecopy.catalog.store import Catalog
from onecopy.pipelines.gate import Context, Gate
from onecopy.pipelines.gate.orphans import survey
from onecopy.pipelines.gate.reply import MATCHES
from onecopy.policy import Action
from onecopy.vault.open import open_vault

AGENCY = "fire"


@pytest.fixture(params=["sqlite and a folder", "postgresql and a bucket"])
def places(request, tmp_path):
    """Addresses of a catalog and of a vault."""
    if request.param.startswith("sqlite"):
        return str(tmp_path / "catalog.db"), str(tmp_path / "vault")
    return request.getfixturevalue("new_database")(), request.getfixturevalue("bucket_url")


class Process:
    """One of ``gate_process``, told what to do."""

    def __init__(self, places, files, hold=False):
        self.process = subprocess.Popen(
            [sys.executable, gate_process.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        catalog, vault = places
        told = {"catalog": catalog, "vault": vault, "files": [str(file) for file in files]}
        self.say(json.dumps(told | {"case": "c", "agency": AGENCY, "hold": hold}))

    def say(self, line=""):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def hear(self):
        line = self.process.stdout.readline()
        assert line, "it ended"
        return line.rstrip("\n")

    def end(self):
        replies = json.loads(self.hear())
        self.close()
        return replies

    def close(self, how=None):
        if how is not None:
            self.process.send_signal(how)  # nothing happens if it has ended
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture
def start(places):
    """Starts processes; those that still run in the end are killed."""
    with contextlib.ExitStack() as running:

        def start(files, **how):
            process = Process(places, files, **how)
            running.callback(process.close, signal.SIGKILL)
            return process

        yield start


def at_once(start, files, processes):
    """Submit all files at one instant, spread over processes; the replies."""
    running = [start(files[n::processes]) for n in range(processes)]
    for one in running:
        assert one.hear() == "ready"
    for one in running:
        one.say()
    return [reply for one in running for reply in one.end()]


def in_order(places, replies):
    """The replies in the order in which their uploads were decided."""
    with Catalog(places[0]) as catalog, catalog.read() as connection:
        order = [one.public_id for one in uploads.of_case(connection, "c", AGENCY)]
    by_id = {reply["id"]: reply for reply in replies}
    assert len(by_id) == len(replies) == len(order)
    return [by_id[id] for id in order]


def all_are_kept(places, files, replies):
    with Catalog(places[0]) as catalog:
        vault = open_vault(places[1])
        found = survey(catalog, vault)
        assert (found.missing, found.orphans) == ((), ())
        assert found.contents == len({reply["sha256"] for reply in replies})
        kept = []
        for reply in replies:
            with vault.open(reply["sha256"]) as file:
                kept.append(file.read())
    assert sorted(kept) == sorted(file.read_bytes() for file in files)


def identical(folder, picture, count):
    files = [folder / f"{n}.jpg" for n in range(count)]
    picture(7).save(files[0], "JPEG", quality=90)
    for file in files[1:]:
        file.write_bytes(files[0].read_bytes())
    return files


def near(folder, picture, count):
    files = [folder / f"{n}.jpg" for n in range(count)]
    for n, file in enumerate(files):
        picture(7).save(file, "JPEG", quality=95 - n // 2, subsampling=2 * (n % 2))
    return files


COUNTS = [pytest.param(8, 2), pytest.param(64, 4, marks=pytest.mark.slow)]


@pytest.mark.parametrize(("count", "processes"), COUNTS)
def test_identical_uploads_are_one_content(start, places, tmp_path, picture, count, processes):
    files = identical(tmp_path, picture, count)
    replies = in_order(places, at_once(start, files, processes))
    assert [reply["decision"] for reply in replies] == ["store"] + ["link"] * (count - 1)
    for n, reply in enumerate(replies):
        assert [id for id, _ in reply["matches"]] == [one["id"] for one in replies[:n]][:MATCHES]
        assert {relation for _, relation in reply["matches"]} <= {"same-bytes"}
    all_are_kept(places, files, replies)


@pytest.mark.parametrize(("count", "processes"), COUNTS)
def test_of_near_uploads_the_later_sees_the_earlier(start, places, tmp_path, picture, count, processes):
    files = near(tmp_path, picture, count)
    begun = time.monotonic()
    replies = in_order(places, at_once(start, files, processes))
    print(f"{count} near uploads over {processes} processes: {time.monotonic() - begun:.1f} s")
    assert [reply["decision"] for reply in replies] == ["store"] + ["link"] * (count - 1)
    for n, reply in enumerate(replies):
        earlier = {one["id"] for one in replies[:n]}
        assert len(reply["matches"]) == min(n, MATCHES)
        assert {id for id, _ in reply["matches"]} <= earlier
        assert {relation for _, relation in reply["matches"]} <= {"same-image"}
    all_are_kept(places, files, replies)


def test_a_late_commit_of_another_process_is_not_missed(start, places, tmp_path, picture):
    """It has its place in the log; another agency's upload commits; we look; then it commits."""
    first, second = near(tmp_path, picture, 2)
    late = start([first], hold=True)
    assert late.hear() == "ready"
    late.say()
    assert late.hear() == "inside"
    with Gate.open(*places, workers=1) as gate:
        if places[0].startswith("postgresql"):  # SQLite's writers wait for each other, whoever they are for
            other = gate.submit(second, Context(case="c", agency="parks"))
            assert (other.decision, other.matches) == (Action.STORE, ())
        mine = Context(case="c", agency=AGENCY)
        assert gate.check(second, mine).matches == ()
        late.say()
        (reply,) = late.end()
        seen = gate.check(second, mine)
        assert [one.occurrence.id for one in seen.matches] == [reply["id"]]
        assert gate.submit(second, mine).decision is Action.LINK


@pytest.mark.parametrize("times", [2, pytest.param(25, marks=[pytest.mark.slow, pytest.mark.torture])])
def test_killed_processes_lose_nothing_and_lock_nothing(start, places, tmp_path, picture, times):
    """What was decided is there, bytes and all; the next process goes on at once."""
    files = near(tmp_path, picture, 4)
    for n in range(times):
        process = start(files, hold=n % 2 == 0)
        assert process.hear() == "ready"
        process.say()
        if n % 2 == 0:
            assert process.hear() == "inside"
        else:
            time.sleep(0.3 * (n % 7))
        process.close(signal.SIGKILL)
    with Gate.open(*places, workers=1) as gate:
        with gate.catalog.read() as connection:
            decided = uploads.of_case(connection, "c", AGENCY)
            assert len(list(arrivals.since(connection, AGENCY, 0))) == len({one.content for one in decided})
        assert survey(gate.catalog, gate.vault).missing == ()
        begun = time.monotonic()
        for file in files:
            assert gate.submit(file, Context(case="d", agency=AGENCY)).occurrence.id
        assert time.monotonic() - begun < 60
