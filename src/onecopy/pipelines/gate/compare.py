"""Comparing an upload's images with what is held by their pixels, where digests do not decide."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from onecopy.catalog.batches import batches
from onecopy.catalog.images import StoredImage
from onecopy.catalog.verdicts import ordered
from onecopy.engines.interface import Engine
from onecopy.errors import EnvironmentProblem
from onecopy.model import Evidence, Limits, Relation, Verdict
from onecopy.pipelines.exact import UNFINISHED
from onecopy.pipelines.gate.watch import Watch
from onecopy.sandbox.interface import Call, Failure, Openable
from onecopy.sayings import Saying, said, told
from onecopy.vault.interface import Vault
from onecopy.verify.interface import VERIFY, ImageRef, VerifyArgs

TOGETHER = 4
"""How many earlier images one call compares with an image, so that this one is decoded once for them. Few,
because somebody waits: more calls spread over the workers."""

Key = tuple[int, str, str]

log = logging.getLogger(__name__)

_NO_ANSWER = Failure(code="not-now", message="The service could not compare them now.")
_NO_TIME = said("no-time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One image of the upload, and one that is held: what are they to each other?

    ``mine`` has the upload's SHA-256 as its content, and the number 0 as long as it has none.
    """

    position: int
    mine: StoredImage
    earlier: StoredImage

    @property
    def key(self) -> Key:
        """What tells it from the other questions of one upload.

        Not by the earlier image's number: should it be fingerprinted again meanwhile, the number may pass to
        another image, and the answer must not.
        """
        return self.position, self.earlier.content, self.earlier.inner

    @property
    def upload(self) -> str:
        """Which side of the evidence the upload is."""
        return "a" if ordered(self.mine, self.earlier)[0] is self.mine else "b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparer:
    """Puts questions to the pixels, in sandboxed workers."""

    engine: Engine
    vault: Vault
    limits: Limits
    watch: Watch = field(default_factory=Watch)

    def by_pixels(self, upload: Openable, questions: Sequence[Question]) -> dict[Key, Verdict]:
        """A verdict for every question, by its key.

        A comparison that fails (time, memory, a content that cannot be opened) is ``unclear``: it must
        neither link nor pass as different, and it must not touch the others.
        """
        self.watch.compared(len(questions))
        verdicts, failed = self._ask(upload, _together(questions))
        if failed:
            alone = [[question] for group, _ in failed for question in group]
            more, failed = self._ask(upload, alone)
            verdicts |= more
        for group, failure in failed:
            why = said("not-comparable", code=failure.code, message=failure.message)
            verdicts |= {question.key: unfinished(why) for question in group}
        return verdicts

    def _ask(
        self, upload: Openable, groups: Sequence[Sequence[Question]]
    ) -> tuple[dict[Key, Verdict], list[tuple[Sequence[Question], Failure]]]:
        verdicts: dict[Key, Verdict] = {}
        failures: dict[int, Failure] = {}
        calls = (self._call(number, upload, group) for number, group in enumerate(groups))
        try:
            for outcome in self.engine.run(VERIFY, calls):
                number = int(str(outcome.key))
                if outcome.result is not None and len(outcome.result.verdicts) == len(groups[number]):
                    keys = (question.key for question in groups[number])
                    verdicts |= zip(keys, outcome.result.verdicts, strict=True)
                elif outcome.failure is not None:
                    failures[number] = outcome.failure
        except EnvironmentProblem as error:
            log.error("an upload could not be compared: %s", error.message)
        failed = [
            (group, failures.get(number, _NO_ANSWER))
            for number, group in enumerate(groups)
            if group[0].key not in verdicts
        ]
        return verdicts, failed

    def _call(self, key: int, upload: Openable, group: Sequence[Question]) -> Call[VerifyArgs]:
        mine = group[0].mine
        files = (upload, *(self.vault.content(question.earlier.content) for question in group))
        refs = [ImageRef(file=0, inner=mine.inner, fingerprint=mine.fingerprint)]
        pairs = []
        for number, question in enumerate(group, start=1):
            earlier = question.earlier
            refs.append(ImageRef(file=number, inner=earlier.inner, fingerprint=earlier.fingerprint))
            pairs.append((0, number) if question.upload == "a" else (number, 0))
        args = VerifyArgs(images=tuple(refs), pairs=tuple(pairs), limits=self.limits)
        return Call(key=key, files=files, args=args, seconds=self.limits.seconds)


def _together(questions: Iterable[Question]) -> list[list[Question]]:
    in_order = sorted(questions, key=lambda question: question.position)
    return [
        group
        for _, ones in groupby(in_order, key=lambda question: question.position)
        for group in batches(ones, TOGETHER)
    ]


def unfinished(why: Saying = _NO_TIME) -> Verdict:
    """The verdict on a pair that was not compared: a person's question, not a difference."""
    evidence = Evidence(method=UNFINISHED, **told(why))
    return Verdict(relation=Relation.UNCLEAR, confidence=0.0, evidence=evidence)
