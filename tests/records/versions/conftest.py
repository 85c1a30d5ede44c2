"""Cases made of words: which file came when, what its pages show, and what was seen of pages."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from onecopy.model import Relation
from onecopy.records.versions.model import Page, Paper, Tie
from onecopy.records.versions.names import parse
from onecopy.records.versions.pages import Comparer
from onecopy.records.versions.sets import detect

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Case:
    """Files as they are sent, and ties between what their pages show."""

    def __init__(self):
        self.papers, self.shows, self.ties, self.rulings = [], {}, {}, []

    def send(self, name, *pages, hours=0.0, content=None, **fields):
        """A file whose pages show things named by words; the same word is the same image."""
        number = len(self.papers) + 1
        images = []
        for what in pages:
            image = sum(len(ones) for ones in self.shows.values()) + 1
            self.shows.setdefault(what, []).append(image)
            images.append(image)
        paper = Paper(
            occurrence=number,
            public_id=f"id-{number}",
            name=name,
            named=parse(name),
            content=content or f"{name}: {' '.join(pages)} {number}",
            received_at=START + timedelta(hours=hours, seconds=number),
            pages=tuple(Page(image=image, page=place) for place, image in enumerate(images, 1)),
            **fields,
        )
        self.papers.append(paper)
        return paper

    def tie(self, one, other, relation=Relation.EDITED, on_paper=True, part=False):
        self.ties[one, other] = Tie(relation=relation, confidence=0.93, on_paper=on_paper, part=part)

    def comparer(self):
        kept = {image: ones[0] for ones in self.shows.values() for image in ones}
        ties = {
            (min(pair), max(pair)): tie
            for (one, other), tie in self.ties.items()
            for pair in product(self.shows[one], self.shows[other])
        }
        return Comparer(kept, ties)

    def detect(self, papers=None):
        return detect(self.papers if papers is None else papers, self.comparer(), self.rulings)

    def conflicts(self):
        return sorted(
            (str(one.kind), tuple(sorted(side.shown.name for side in one.sides)))
            for one in self.detect().conflicts
        )


@pytest.fixture
def case():
    return Case()


@pytest.fixture
def make_case():
    return Case
