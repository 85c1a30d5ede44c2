"""Sentences for people, kept as what they say: a code and its values, to be said in any language.

Whatever is stored or answered has its English words, as ever. What it says is stored beside them, and who
speaks another language says it anew (:func:`say` with a :class:`Speaker`). The English texts are in
:data:`TEXTS`; the catalogue of the pages translates exactly these. A code's values stay as they are, since
sentences of years ago have them: what says more gets a code of its own.
"""

from onecopy.sayings.saying import Saying, Values, all_of, english, flipped, heard, said, say, told
from onecopy.sayings.speaker import ENGLISH, Speaker
from onecopy.sayings.texts import TEXTS, Text

__all__ = [
    "ENGLISH",
    "TEXTS",
    "Saying",
    "Speaker",
    "Text",
    "Values",
    "all_of",
    "english",
    "flipped",
    "heard",
    "said",
    "say",
    "told",
]
