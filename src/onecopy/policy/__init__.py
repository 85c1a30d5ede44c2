"""What becomes of uploads: rules in order (:mod:`rules`), as a file (:mod:`read`) or in Python.

A policy also says which of the questions people work on first (:mod:`review`).

Callers: the gate, which asks :meth:`Policy.settle`; the service and the commands, which load, explain, replay
and print policies. ``keep`` is apart: which of several copies is the one to keep.
"""

from onecopy.policy.policy import Policy, default
from onecopy.policy.rules import Action, Facts, PolicyError, Rule, Scope
from onecopy.policy.settle import Judged, Ruling, Seen

__all__ = [
    "Action",
    "Facts",
    "Judged",
    "Policy",
    "PolicyError",
    "Rule",
    "Ruling",
    "Scope",
    "Seen",
    "default",
]
