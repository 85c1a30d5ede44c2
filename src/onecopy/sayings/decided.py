"""What became of documents, and why."""

DECIDED: dict[str, str | tuple[str, str]] = {
    # Why a version of a document counts.
    "only-version": "It is the only version.",
    "person-decided": "A person decided.",
    "later-revision": "Its revision is the later one.",
    "later-date": "Its name gives the later date.",
    "named-revision": "Its name says that it is a revision or correction of the other.",
    "sent-again": "It was sent again under the same name.",
    "later-submission": "It came in a later submission.",
    "more-pages": "It has every page of the other, and more.",
    "version-asked": "Which version counts is a question.",
}
