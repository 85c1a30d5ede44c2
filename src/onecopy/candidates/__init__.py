"""Which stored images are worth verifying against another: fingerprints propose, pixels decide."""

from onecopy.candidates.interface import CandidateIndex, Pair, Settings

__all__ = ["CandidateIndex", "Pair", "Settings"]
