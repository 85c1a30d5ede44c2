"""Questions as the gate would ask them, without pixels: rows of uploads and what is doubted about them."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from onecopy.catalog import arrivals, contents, decisions, events, occurrences, questions
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Question
from onecopy.catalog.schema import answer, decision, inheritance, judgement, question
from onecopy.catalog.store import Catalog
from onecopy.model import Capture, Evidence, FileIdentity, Fingerprint, ImageFound, Relation, Verdict
from onecopy.policy.review import Review
from onecopy.policy.rules import Scope
from onecopy.records.questions import Doubt, ask_about


def fingerprint(sha256: str, capture: Capture | None = None, width: int = 640) -> Fingerprint:
    """One of a picture that nobody looks at."""
    return Fingerprint(
        version=1,
        sha256=sha256,
        image_data_hint=sha256[:32],
        image_data_sha256=sha256,
        pixels_sha256=None,
        pdq=b"\0" * 32,
        pdq_turned=b"\0" * 96,
        pdq_quality=100,
        pdq_trimmed=None,
        features=b"",
        byte_size=1,
        width=width,
        height=480,
        format="jpeg",
        mode="RGB",
        lossless=False,
        capture=capture or Capture(),
    )


@dataclass
class World:
    """A catalog with uploads in it, and ways to ask about them."""

    catalog: Catalog
    made: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def upload(
        self,
        case: str = "c",
        *,
        held: bool = False,
        content: str = "",
        agency: str = "fire",
        capture: Capture | None = None,
        width: int = 640,
        **more: str,
    ) -> Occurrence:
        number = next(self.made)
        sha256 = content or f"{number:064x}"
        one = Occurrence(
            name=f"{number}.jpg", content=sha256, agency=agency, case_id=case, **{"uploader": "portal"} | more
        )  # type: ignore[arg-type]
        with self.catalog.write([arrivals.scope(agency)]) as connection:
            found = FileIdentity(
                images=(ImageFound(inner="", fingerprint=fingerprint(sha256, capture, width)),)
            )
            if not content:
                contents.record(connection, sha256, 1, found, version=1)
            id = occurrences.add(connection, one)
            reviewers = {"reviewers": 1} if held else {}
            decisions.add(
                connection,
                Decision(
                    occurrence=id,
                    decision="hold" if held else "store",
                    reason="As it came.",
                    policy="p" * 64,
                    rule="r",
                    made_at=one.seen_at,
                    facts={"images": 1, "file_type": "jpeg", "seen": []},
                    **reviewers,
                ),
            )
            (back,) = occurrences.by_ids(connection, [id]).values()
        return back

    def doubt(
        self,
        earlier: Occurrence,
        relation: str = "edited",
        *,
        reviewers: int = 1,
        upload: str = "b",
        method: str = "photo",
        **evidence: object,
    ) -> Doubt:
        said = Evidence(method=method, words=("A stamp.",), **evidence)  # type: ignore[arg-type]
        verdict = Verdict(relation=Relation(relation), confidence=0.9, evidence=said)
        return Doubt(
            inner="",
            earlier=earlier,
            earlier_inner="",
            verdict=verdict,
            upload=upload,
            scope=Scope.CASE,
            rule="Perhaps",
            reviewers=reviewers,
        )

    def ask(self, one: Occurrence, *doubts: Doubt, review: Review | None = None) -> Question:
        with self.catalog.write([arrivals.scope(one.agency or "")]) as connection:
            (id,) = ask_about(
                connection, one, doubts, review=review or Review(), file_type="jpeg", by="portal"
            )
            return questions.by_ids(connection, [id])[id]

    def pair(
        self, case: str = "c", relation: str = "edited", **how: object
    ) -> tuple[Question, Occurrence, Occurrence]:
        """A question about a new upload beside an earlier one."""
        earlier, upload = self.upload(case), self.upload(case, held=True)
        return self.ask(upload, self.doubt(earlier, relation, **how)), earlier, upload  # type: ignore[arg-type]

    def now(self, one: Question) -> Question:
        with self.catalog.read() as connection:
            return questions.by_ids(connection, [one.id])[one.id]

    def decision(self, one: Occurrence) -> Decision:
        with self.catalog.read() as connection:
            return decisions.of_occurrence(connection, one.id)[-1]

    def log(self) -> list[str]:
        with self.catalog.read() as connection:
            return [entry.columns[1][1] or "" for entry in events.entries(connection)]

    def state(self) -> dict[str, list[tuple[object, ...]]]:
        """All that an answer may change, and taking it back restores."""
        volatile = {question.c.version}
        with self.catalog.read() as connection:
            asked = select(*(column for column in question.c if column not in volatile)).order_by(
                question.c.id
            )
            last: dict[int, tuple[object, ...]] = {}
            columns = [
                decision.c[name] for name in ("decision", "reason", "rule", "reviewers", "matches", "answer")
            ]
            for id, *row in connection.execute(
                select(decision.c.occurrence, *columns).order_by(decision.c.id)
            ):
                last[id] = tuple(map(repr, row))
            holding = select(answer.c.id, answer.c.answer, answer.c.final).where(answer.c.undone_at.is_(None))
            return {
                "questions": [tuple(map(repr, row)) for row in connection.execute(asked)],
                "decisions": sorted(last.items()),
                "answers": sorted(tuple(row) for row in connection.execute(holding)),
                "judgements": sorted(tuple(map(repr, row)) for row in connection.execute(select(judgement))),
                "inherited": sorted(tuple(map(repr, row)) for row in connection.execute(select(inheritance))),
            }


@pytest.fixture
def world(catalog_url: str) -> Iterator[World]:
    world = World(Catalog(catalog_url))
    yield world
    world.catalog.close()


@pytest.fixture
def sqlite_world(tmp_path) -> Callable[[], World]:
    numbers = itertools.count()
    return lambda: World(Catalog(tmp_path / f"{next(numbers)}.db"))
