"""A catalog filled without pixels: uploads whose images are told by words, and verdicts that tests write."""

import hashlib
from datetime import UTC, datetime, timedelta

from onecopy.catalog import arrivals, contents, decisions, images, occurrences, uploads, verdicts
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.model import Capture, Evidence, FileIdentity, Fingerprint, ImageFound, Relation, Verdict
from onecopy.records.versions import land
from onecopy.verify.interface import VERIFY_VERSION

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(shows, *, camera=None, mode="L"):
    digest = sha(shows)
    return Fingerprint(
        version=1,
        sha256=digest,
        image_data_hint=digest[:32],
        image_data_sha256=digest,
        pixels_sha256=None,
        pdq=bytes(32),
        pdq_turned=None,
        pdq_quality=90,
        pdq_trimmed=None,
        features=b"",
        byte_size=10_000,
        width=1300,
        height=900,
        format="png",
        mode=mode,
        lossless=True,
        capture=Capture(camera_model=camera),
    )


class Shelf:
    """Uploads of one case into a real catalog, each sorted in as the gate does."""

    def __init__(self, catalog, agency="building", case="24016-00001"):
        self.catalog, self.agency, self.case = catalog, agency, case
        self.sent = 0

    def send(
        self, name, *shows, hours=0.0, ties=(), content=None, camera=None, land_it=True, review=None, **fields
    ):
        """Take in a file whose pages show things; ``ties`` are (shown here, shown elsewhere, relation)."""
        self.sent += 1
        digest = sha(content or f"{name} {shows}")
        with self.catalog.write([arrivals.scope(self.agency)]) as connection:
            inside = [f"#page={n}" for n in range(1, len(shows) + 1)] if len(shows) > 1 else [""]
            found = tuple(
                ImageFound(inner=inner, fingerprint=fingerprint(what, camera=camera))
                for inner, what in zip(inside, shows, strict=False)
            )
            if not contents.known(connection, [digest], version=1):
                contents.record(connection, digest, 10_000, FileIdentity(images=found), version=1)
            one = Occurrence(
                name=name,
                content=digest,
                case_id=self.case,
                agency=self.agency,
                seen_at=START + timedelta(hours=hours, seconds=self.sent),
                **fields,
            )
            number = occurrences.add(connection, one)
            decisions.add(connection, Decision(occurrence=number, decision="store", reason=""))
            self._tie(connection, ties)
            one = uploads.by_numbers(connection, [number])[0]
            inside = list(images.of_contents(connection, [digest], features=False))
            changes = land.land(connection, one, inside, by="portal", review=review) if land_it else []
            land.tell(connection, self.agency, self.case, changes, by="portal")
        return one

    def _tie(self, connection, ties):
        received = uploads.of_case(connection, self.case, self.agency)
        shown = {}
        for image in images.of_contents(connection, sorted({one.content for one in received})):
            shown.setdefault(image.fingerprint.sha256, []).append(image)
        found = {}
        for mine, other, relation in ties:
            for one in shown[sha(mine)]:
                for two in shown[sha(other)]:
                    a, b = verdicts.ordered(one, two)
                    words = ("The same form or template; marks differ in one place (at the right).",)
                    evidence = Evidence(method="paper", words=words)
                    found[a.id, b.id] = Verdict(
                        relation=Relation(relation), confidence=0.93, evidence=evidence
                    )
        verdicts.record(connection, found, version=VERIFY_VERSION)

    def read(self, function, *arguments, **how):
        with self.catalog.read() as connection:
            return function(connection, *arguments, **how)

    def refresh(self):
        with self.catalog.write([arrivals.scope(self.agency)]) as connection:
            return land.refresh(connection, self.agency, self.case, by="test")
