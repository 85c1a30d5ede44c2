"""Which stored images are worth verifying against another: fingerprints propose, pixels decide."""

from onecopy.candidates.index import Index
from onecopy.candidates.interface import EXACT, REASONS, CandidateIndex, Pair, Settings
from onecopy.candidates.pairs import Capped, pairs

__all__ = ["EXACT", "REASONS", "CandidateIndex", "Capped", "Index", "Pair", "Settings", "pairs"]
