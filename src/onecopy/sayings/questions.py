"""What people are asked, and why an answer is proposed."""

NOUNS = ("photograph", "document", "image")

_TITLES: dict[str, str | tuple[str, str]] = {
    "copies": (
        "The same {noun}, %(copies)s copies in one submission",
        "The same {noun}, %(copies)s copies in %(num)s submissions",
    ),
    "changed-copies": "%(count)s changed copies of {a} {noun} in case %(case)s",
    "changed-copy": "A changed copy of {a} {noun} in case %(case)s",
    "wider-copy": "A wider copy of {a} {noun} in case %(case)s",
    "crop": "A crop of {a} {noun} in case %(case)s",
    "scene": "%(count)s {noun}s of one scene in case %(case)s",
    "to-look-at": "%(count)s {noun}s in case %(case)s that somebody is to look at",
    "perhaps-copies": "Perhaps the same {noun}, %(copies)s copies in case %(case)s",
    "perhaps-twice": "Perhaps the same {noun} twice in case %(case)s",
}


def _of(text: str, noun: str) -> str:
    return text.format(noun=noun, a="an" if noun == "image" else "a")


QUESTIONS: dict[str, str | tuple[str, str]] = {
    f"{code}-{noun}": _of(text, noun) if isinstance(text, str) else (_of(text[0], noun), _of(text[1], noun))
    for code, text in _TITLES.items()
    for noun in NOUNS  # each a text of its own: languages bend what is around a noun
} | {
    "held-elsewhere": "A picture in case %(case)s that another agency holds, too",
    "tells-no-more": "The other agency agreed to tell no more than that it holds such a picture.",
    "different-captures": "They are different captures: each is evidence by itself.",
    "shows-more": "One shows all that the other shows, and more.",
    "next-version": "A page that changed is likely its next version.",
    "content-differs": "Content differs, and the difference may be what matters.",
    # Why one of several copies is kept (onecopy.policy.keep).
    "keep-not-derived": "It is not derived from another copy.",
    "keep-larger": "It has more pixels.",
    "keep-less-compressed": "It is less compressed.",
    "keep-colour": "It keeps more colours or finer tones.",
    "keep-capture": "It still says when or with what it was taken.",
    "keep-own-file": "It is a file of its own, not a part of another.",
    "keep-taken-earlier": "It says that it was taken earliest.",
    "keep-seen-earlier": "It was there first.",
    "keep-more-bytes": "It carries more data beside the pixels.",
    "keep-name": "All else is equal: the first by name is kept.",
    # Versions of documents.
    "which-version": "%(count)s versions of %(name)s: which one counts?",
    "which-name": "One version under two names, '%(one)s' and '%(other)s': which name is right?",
    "takes-back": "A later submission of %(name)s takes the last change back: is that meant?",
    "pages-swapped": "Pages of '%(one)s' and '%(other)s' changed places: is that meant?",
    "no-order": "Neither their names nor how they came says which comes after which.",
    "last-is-proposed": "What came last is proposed.",
    "counts-now": "'%(name)s' counts now.",
    "came-again": "'%(name)s' came on %(day)s and shows what there was before.",
    "stays-as-it-is": "Nothing says that the change is to be taken back, so that it stays is proposed.",
    "shows-the-same": "They show the same.",
    "pages-alike": (
        "%(num)s of %(most)s page is the same.",
        "%(num)s of %(most)s pages are the same.",
    ),
    "other-order": "The pages are in another order.",
    "on-page": "Page %(page)s: %(what)s",
    "further-pages": ("%(num)s more page differs.", "%(num)s more pages differ."),
    "only-first": (
        "Only %(first)s has page %(pages)s as it is there.",
        "Only %(first)s has pages %(pages)s as it is there.",
    ),
    "only-second": (
        "Only %(second)s has page %(pages)s as it is there.",
        "Only %(second)s has pages %(pages)s as it is there.",
    ),
    "nothing-compared": "Nothing of them could be compared.",
    "another-page": "It is another page.",
    "title-block": "Only the title block differs.",
    "does-not-show": "Whether they are the same does not show.",
}
