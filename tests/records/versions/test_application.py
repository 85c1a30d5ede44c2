"""A whole application through a real gate: drawn pages, compared by their pixels."""

import io

import drawn
import pytest

from onecopy.catalog import questions, versions
from onecopy.pipelines.gate import Context, Gate
from onecopy.records.versions.current import documents
from onecopy.records.versions.land import stale

CASE = "24016-00001"


class Applicant:
    """Sends drawings to a gate, submission by submission."""

    def __init__(self, gate):
        self.gate, self.submission, self.sent = gate, 1, 0

    def send(self, name, data, **fields):
        context = Context(case=CASE, name=name, metadata={"submission": str(self.submission)}, **fields)
        self.sent += 1
        return self.gate.submit(io.BytesIO(data), context)

    def sheet(self, name, seed, **how):
        return self.send(name, drawn.png(drawn.sheet(seed, "", "", block=False, **how)))

    def current(self):
        """By title: the name of what counts, or nothing."""
        with self.gate.catalog.read() as connection:
            assert not stale(connection, "", CASE)
            return {
                one.title: one.current.shown.name if one.current is not None else None
                for one in documents(connection, "", CASE)
            }

    def asked(self):
        """What is asked about versions, by kind and title."""
        with self.gate.catalog.read() as connection:
            found = questions.of_case(connection, "", CASE)
        kinds = {"versions", "two-names", "reverts", "swapped-pages"}
        return sorted((str(one.kind), one.title) for one in found if str(one.kind) in kinds)


@pytest.fixture
def applicant(tmp_path):
    with Gate.open(tmp_path / "catalog.db", tmp_path / "vault", workers=2) as gate:
        yield Applicant(gate)


def test_two_submissions(applicant):
    applicant.sheet("A-1 site plan.png", 11)
    applicant.sheet("A-2 floor plan.png", 12)
    applicant.send("IMG_2041.jpg", drawn.jpeg(drawn.photograph(1)))
    applicant.submission = 2
    applicant.sheet("A-1 site plan.png", 11, moved=60)
    applicant.sheet("A-2 floor plan rev B.png", 12, moved=60)
    applicant.send("A-2.tif", drawn.jpeg(drawn.sheet(12, "", "", block=False, moved=60), 95))
    assert applicant.asked() == []
    assert applicant.current() == {
        "A-1 site plan": "A-1 site plan.png",
        "A-2 floor plan": "A-2 floor plan rev B.png",
    }
    with applicant.gate.catalog.read() as connection:
        found = {one.title: one for one in versions.of_case(connection, "", CASE)}
    assert (found["A-1 site plan"].criterion, found["A-1 site plan"].current) == ("resubmission", 2)
    applicant.submission = 3
    applicant.sheet("A-1 site plan.png", 11)
    assert [kind for kind, _ in applicant.asked()] == ["reverts"]


TITLES = (
    "site plan",
    "floor plan",
    "roof plan",
    "elevations",
    "sections",
    "framing",
    "foundation",
    "electrical",
)


@pytest.mark.slow
def test_forty_resubmissions(applicant):
    for number, title in enumerate(TITLES, 1):
        applicant.sheet(f"A-{number} {title}.png", number)
    pages = [drawn.sheet(seed, "", "", block=False) for seed in range(30, 36)]
    applicant.send("structural set.pdf", drawn.pdf(*pages[:3]))
    applicant.send("mechanical set.pdf", drawn.pdf(*pages[3:]))
    applicant.send("application.pdf", drawn.pdf(drawn.form("Building permit")))
    begun = applicant.sent

    applicant.submission = 2  # corrections, each under the name it had or with its revision
    for number, title in enumerate(TITLES, 1):
        name = f"A-{number} {title}.png" if number % 2 else f"A-{number} {title} rev B.png"
        applicant.sheet(name, number, moved=60)
    applicant.send(
        "application corrected.pdf", drawn.pdf(drawn.form("Building permit", valuation="$ 91,500"))
    )
    applicant.send("structural set.pdf", drawn.pdf(pages[0], pages[4], pages[2]))
    applicant.send("mechanical set.pdf", drawn.pdf(pages[3], pages[1], pages[5]))  # swapped: a conflict
    assert applicant.asked() == [
        (
            "swapped-pages",
            "Pages of 'mechanical set.pdf' and 'structural set.pdf' changed places: is that meant?",
        )
    ]

    applicant.submission = 3  # everything once more: nothing of it is a question
    for number in range(1, 9):
        again = drawn.sheet(number, "", "", block=False, moved=60)
        applicant.send(f"scan000{number}.jpg", drawn.jpeg(again, 95))
    for number, title in enumerate(TITLES[:4], 1):
        name = f"A-{number} {title}.png" if number % 2 else f"A-{number} {title} rev B.png"
        applicant.sheet(name, number, moved=60)
    assert len(applicant.asked()) == 1

    applicant.submission = 4
    applicant.sheet("A-1 site plan.png", 1)  # reverts: a conflict
    applicant.sheet("A-3 roof plan.png", 3)  # and another
    applicant.sheet("A-2 floor plan rev A.png", 2)  # sent as what it is: none
    applicant.sheet("A-4 elevations rev C.png", 4, moved=90)
    applicant.sheet("A-4 elevations rev C client.png", 4, moved=130)  # one revision twice: a conflict
    applicant.sheet("A-6.png", 6, moved=30)  # unmarked, and later than revision B: a conflict
    applicant.sheet("A-9 details.png", 5, moved=60)  # sections under another name: a conflict
    applicant.sheet("A-8 electrical rev C.png", 8, moved=60)  # revision B under another: a conflict
    for number in (7, 8):  # a further revision: none
        applicant.sheet(f"A-{number} {TITLES[number - 1]} rev D.png", number, moved=110)
    applicant.send("framing inspection.png", drawn.png(drawn.form("Card", permit="Framing")))
    applicant.send("plumbing inspection.png", drawn.png(drawn.form("Card", permit="Plumbing")))  # none
    applicant.send("letter.png", drawn.png(drawn.form("Letter of the owner", applicant="To the neighbour")))
    applicant.send(
        "letter.png", drawn.png(drawn.sheet(77, "", "", block=False))
    )  # none: it only shares a name
    applicant.send(
        "application corrected.pdf", drawn.pdf(drawn.form("Building permit", valuation="$ 99,000"))
    )
    applicant.sheet("A-5 sections rev E.png", 5, moved=110)
    applicant.sheet("A-5 sections rev F.png", 5, moved=150)
    assert applicant.sent - begun == 40
    assert [kind for kind, _ in applicant.asked()] == [
        "reverts", "reverts", "swapped-pages", "two-names", "two-names", "versions", "versions",
    ]  # fmt: skip
    current = applicant.current()
    assert current["A-5 sections"] == "A-5 sections rev F.png"
    assert current["A-2 floor plan"] == "A-2 floor plan rev B.png"
    assert current["A-7 foundation"] == "A-7 foundation rev D.png"
    assert current["A-4 elevations"] is None
