"""A desk to review at: a real service, pictures that were sent to it, and questions about them."""

import io
import itertools
import os
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageDraw

from onecopy.catalog import images, occurrences, questions, queue
from onecopy.catalog.questions import Kind, Member, Pair, Part, Question, State
from onecopy.catalog.store import Catalog
from onecopy.model import Evidence, Region, Relation, Verdict

HOSTILE = "<img src=x onerror=alert(1)>'\"\u202egpj.exe.jpg"
EVIDENCE = Evidence(
    method="photo",
    words=("One capture; the second has something added.",),
    transform=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
    regions=(
        Region(a=(400, 40, 160, 90), b=(400, 40, 160, 90), note="a stamp"),
        Region(a=(20, 380, 60, 60), b=None),
        Region(a=None, b=(300, 220, 40, 40)),
    ),
)


def _jpeg(image, **how):
    with io.BytesIO() as out:
        image.save(out, "JPEG", quality=88, **how)
        return out.getvalue()


def _pictures(count):
    """Small pictures that have nothing to do with each other for a fingerprint, of one that is stamped."""
    random = np.random.default_rng(7)
    plain = Image.fromarray(skimage.data.coffee()).resize((640, 480))
    stamped = plain.copy()
    ImageDraw.Draw(stamped).rectangle((400, 40, 560, 130), fill=(200, 20, 20))
    yield plain
    yield stamped
    for _ in range(count - 2):
        noise = random.integers(0, 255, (6, 8, 3), np.uint8)
        yield Image.fromarray(noise).resize((640, 480), Image.Resampling.BICUBIC)


class Desk:
    """An agency with pictures. Questions are about two that no other is about, or about the last four."""

    def __init__(self, service, token_of, agency, count=14):
        self.service, self.agency, self.case = service, agency, f"case of {agency}"
        self.token = token_of("reviewer", agency)
        self.other = token_of("reviewer", agency)
        self.officer = token_of("records-officer", agency)
        exif = Image.Exif()
        exif[0x010F], exif[0x0110], exif[0x0131] = "<b>Acme</b>", "Camera 1", "Editor <script>"
        with service.client(self.officer["token"]) as client:
            self.sent = []
            for number, picture in enumerate(_pictures(count)):
                name = HOSTILE if number == 1 else f"picture {number}.jpg"
                files = {"file": (name, _jpeg(picture, exif=exif if number == 1 else Image.Exif()))}
                reply = client.post("/v1/uploads", files=files, data={"case": self.case, "source": "portal"})
                assert reply.status_code < 300, reply.text
                self.sent.append(reply.json()["occurrence"]["id"])
        self.asked = []
        self.pairs = itertools.combinations(range(2, count - 4), 2)

    def send(self, name, data):
        """Send one more file; its number among those that were sent."""
        with self.service.client(self.officer["token"]) as client:
            reply = client.post("/v1/uploads", files={"file": (name, data)}, data={"case": self.case})
        assert reply.status_code < 300, reply.text
        self.sent.append(reply.json()["occurrence"]["id"])
        return len(self.sent) - 1

    def catalog(self):
        return Catalog(self.service.folder / "catalog.db", busy_seconds=30)

    def members(self, connection, numbers, earlier=1):
        for position, number in enumerate(numbers):
            one = occurrences.get(connection, self.sent[number])
            inner = next(image.inner for image in images.summaries(connection, [one.content]))
            part = Part.OFFERED if position >= earlier else Part.EARLIER
            yield Member(position=position, occurrence=one.id, content=one.content, inner=inner, role=part)

    def ask(self, *numbers, title=None, evidence=EVIDENCE, relation=Relation.EDITED, earlier=1, **more):
        """Ask a question about some pictures, or about two that nobody was asked about yet."""
        numbers = numbers or next(self.pairs)
        verdict = Verdict(relation=relation, confidence=0.98, evidence=evidence)
        given = {
            "kind": Kind.CHANGED_COPY,
            "title": title or f"A changed copy, question {len(self.asked) + 1}",
            "relation": str(relation),
            "reasons": evidence.words,
            "proposal": "both-needed",
            "confidence": 0.98,
            "opened_at": datetime.now(UTC) - timedelta(hours=2, seconds=-len(self.asked)),
            "due_at": datetime.now(UTC) + timedelta(days=5, seconds=len(self.asked)),
        }
        question = Question(agency=self.agency, case_id=self.case, **(given | more))
        with self.catalog() as catalog, catalog.write() as connection:
            members = list(self.members(connection, numbers, earlier))
            pairs = [Pair(a=0, b=n, verdict=verdict) for n in range(earlier, len(numbers))]
            questions.add(connection, question, members, pairs, by="a test")
        self.asked.append(question)
        return f"/desk/{question.public_id}"

    def conflict(self, kind, *numbers, count=2, **more):
        """Ask about versions: the first ``count`` are its sides, what follows are further pages of them."""
        with self.catalog() as catalog, catalog.read() as connection:
            members = list(self.members(connection, numbers))[:count]
        sides = [[[one.content, one.inner, f"picture {n}.jpg"]] for n, one in enumerate(members)]
        proposed = {"proposal": "newer-version-of", "proposed": {"newer": 0}, "details": {"sides": sides}}
        return self.ask(*numbers, kind=kind, **proposed | more)

    def now(self, address):
        """The question as it is now."""
        with self.catalog() as catalog, catalog.read() as connection:
            return questions.get(connection, address.partition("?")[0].rpartition("/")[2], agency=None)

    def clear(self):
        """Withdraw what is open, so that tests do not meet each other's questions."""
        with self.catalog() as catalog, catalog.write() as connection:
            wanted = queue.Filter(agency=self.agency)
            for question in queue.page(connection, wanted, order=queue.Order.AGE, after=None, limit=1000):
                questions.change(connection, question, "withdrawn", by=None, state=str(State.WITHDRAWN))


@pytest.fixture(scope="module")
def whole_desk(service, token_of):
    desk = Desk(service, token_of, f"agency {os.urandom(4).hex()}")
    desk.clear()  # the gate has asked about the stamped one
    return desk


@pytest.fixture
def desk(whole_desk):
    yield whole_desk
    whole_desk.clear()
