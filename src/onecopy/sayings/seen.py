"""What was seen of two images: the sentences of evidence."""

SEEN: dict[str, str | tuple[str, str]] = {
    "quoted": "%(words)s",
    # The rule that decided (onecopy.verify.decide.Why).
    "clean": "Every difference is explained by how the two were encoded.",
    "rescan": "The same marks are there, stroke for stroke.",
    "framing": "Within the shared part, every difference is explained by how the two were encoded.",
    "mirrored": "Left and right are exchanged; apart from that, nothing differs.",
    "slanted": "One shows the other at a slant, as a photograph of a sheet does.",
    "recoloured": "The drawing is the same, the colours are not.",
    "transparency": "One has transparent parts that hide what the other shows.",
    "too-small-to-read": "One of them is too small to read: a changed character would not show.",
    "strokes-doubtful": "Some marks may differ, but too faintly to be sure.",
    "grain-lost": (
        "Something differs, and too little fine detail is left to tell an edit from another capture."
    ),
    "other-capture": "The same place, but not the same exposure.",
    "other-marks": "The same form or template with different marks.",
    "unrelated": "Nothing shows that these have a picture in common.",
    "changed": (
        "One capture, changed in %(count)s place.",
        "One capture, changed in %(count)s places.",
    ),
    "changed-at": (
        "One capture, changed in %(count)s place (at %(where)s).",
        "One capture, changed in %(count)s places (the largest at %(where)s).",
    ),
    "marks-differ": (
        "The same form or template; marks differ in %(count)s place.",
        "The same form or template; marks differ in %(count)s places.",
    ),
    "marks-differ-at": (
        "The same form or template; marks differ in %(count)s place (at %(where)s).",
        "The same form or template; marks differ in %(count)s places (the largest at %(where)s).",
    ),
    "top-left": "the top left",
    "top-centre": "the top",
    "top-right": "the top right",
    "middle-left": "the left",
    "middle-centre": "the middle",
    "middle-right": "the right",
    "bottom-left": "the bottom left",
    "bottom-centre": "the bottom",
    "bottom-right": "the bottom right",
    # How one lies in the other.
    "framed": "%(second)s is %(first)s, %(how)s.",
    "is-mirrored": "mirrored",
    "is-turned": "turned by %(degrees)s°",
    "is-rotated": "rotated by %(degrees)s°",
    "is-stretched": "stretched",
    "cropped-left": "cropped on the left by %(share)s",
    "cropped-top": "cropped at the top by %(share)s",
    "cropped-right": "cropped on the right by %(share)s",
    "cropped-bottom": "cropped at the bottom by %(share)s",
    "added-left": "with %(share)s added on the left",
    "added-top": "with %(share)s added at the top",
    "added-right": "with %(share)s added on the right",
    "added-bottom": "with %(share)s added at the bottom",
    "is-scaled": "at %(share)s of the size",
    # Tone.
    "grey": "One is in colour, the other grey.",
    "toned": "Brightness or contrast was changed.",
    "sharpened": "One was sharpened.",
    # Without a look at their pixels.
    "equal-bytes": "Every byte is equal.",
    "equal-data": "Every pixel is equal; metadata or container differ.",
    "equal-pixels": "Every pixel is equal, by digest.",
    "hard-link": "A hard link of %(name)s: one file with two names, so linking frees no bytes.",
    "judged-different": "People decided that the two are different.",
    "not-compared-itself": (
        "Not compared itself: it is the same image as another one that is held, of which this was seen."
    ),
    "derived": "Derived through %(names)s, the same image, where this was seen:",
    "agrees-with-both": (
        "It agrees as well with another image that is known to differ; what tells them apart does not show."
    ),
    "no-time": "There was no time to compare the two.",
    "not-comparable": "The two could not be compared (%(code)s): %(message)s",
}
