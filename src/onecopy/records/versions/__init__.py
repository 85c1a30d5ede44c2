"""Which of the documents in a case are versions of one, in which order, and which of them counts now.

Two documents are versions of one only where their pixels were compared and their names do not speak against
it: a name alone ties nothing, and a hash nothing at all. What follows from that is worked out by pure
functions (:mod:`names`, :mod:`pages`, :mod:`order`, :mod:`sets`, :mod:`conflicts`) over what :mod:`load`
reads, kept by :mod:`land`, and read back by :mod:`current` and :mod:`overview`.
"""
