"""The application as it was sent in: through the gate, submission by submission, to what counts now."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.archive import CASE, Item
from demo.gate import Gate

_CATEGORIES = {
    "plans": "plan",
    "photos": "site-photo",
    "from contractor": "site-photo",
    "progress": "site-photo",
    "final": "site-photo",
    "existing": "site-photo",
}


@dataclass(frozen=True)
class Sent:
    """One file of the application, and the gate's reply."""

    locator: str
    submission: str
    reply: dict[str, Any]


def submissions(archive: Path) -> list[Path]:
    """The folders of the application's submissions, in order."""
    return sorted(path for path in (archive / CASE).iterdir() if path.is_dir())


def send(one: Gate, archive: Path, submission: Path) -> Iterator[Sent]:
    """Send what is in a submission, as a portal would: with its category, and what it came with."""
    number = submission.name.partition(" ")[0].rpartition("-")[2]
    for path in sorted(path for path in submission.rglob("*") if path.is_file()):
        fields = {"source": "portal", "metadata": json.dumps({"submission": number})}
        category = _CATEGORIES.get(path.parent.name)
        reply = one.send(path, CASE, **fields, **({"category": category} if category else {}))
        yield Sent(path.relative_to(archive).as_posix(), number, reply)


def ask(one: Gate) -> list[dict[str, Any]]:
    """The open questions of the case, with their members."""
    listed = one.get(f"/v1/questions?case={CASE}&limit=100")["questions"]
    return [one.get(f"/v1/questions/{question['id']}") for question in listed]


def answer(one: Gate, question: dict[str, Any]) -> dict[str, Any]:
    """Answer as somebody would who looks at it: as proposed, or else that all are needed."""
    version = question["version"]
    if question["proposal"] in ("newer-version-of", "same-keep-left", "same-keep-right"):
        body = {"version": version, "answer": question["proposal"], **question["proposed"]}
    else:
        body = {"version": version, "answer": "both-needed"}
    return one.post(f"/v1/questions/{question['id']}/answers", body)


def decisions(sent: list[Sent]) -> Counter[str]:
    """How many files were stored, linked and held."""
    return Counter(one.reply.get("decision", "error") for one in sent)


def complaints(sent: list[Sent], asked: list[dict[str, Any]], items: list[Item]) -> list[str]:
    """Where what was asked is not what was planted: each question must be about one picture or document."""
    said = [f"{one.locator}: {one.reply}" for one in sent if "decision" not in one.reply]
    shows = {item.locator: item for item in items}
    names = {one.reply["occurrence"]["id"]: one.locator for one in sent if "decision" in one.reply}
    about = []
    for question in asked:
        places = [names[member["occurrence"]] + member["inner"] for member in question["members"]]
        about.append({_topic(shows[place].picture) for place in places})
        if len(about[-1]) > 1:
            said.append(f"'{question['title']}' is about different things: {sorted(about[-1])}")
    for wanted in _ASKED:
        if not any(wanted in topics for topics in about):
            said.append(f"nobody was asked about {wanted}")
    return said


_ASKED = ("street-front", "frame-left", "floor-plan")
"""What is planted to be asked: a stamped copy, a crop, and a plan that takes its revision back."""


def _topic(picture: str) -> str:
    """What a picture is of: revisions of a plan are one thing, and so is a burst."""
    if picture.startswith("floor-plan"):
        return "floor-plan"
    return "frame" if picture in ("frame-1", "frame-2", "frame-3") else picture


def not_current(current: dict[str, Any]) -> list[str]:
    """Where what counts in the end is not what must."""
    counts = {
        document["title"]: (document["current"] or {"sent": [{"name": "nothing"}]})["sent"][0]["name"]
        for document in current["documents"]
    }
    wanted = {
        "A-1 site plan": "A-1 site plan.png",
        "A-2 floor plan": "A-2 floor plan rev B.png",
        "application": "application corrected.jpg",
    }
    said = [
        f"of '{title}' {name} must count, not {counts.get(title)}"
        for title, name in wanted.items()
        if counts.get(title) != name
    ]
    return said + ([] if current["settled"] else ["there are open questions left"])
