"""A policy that somebody adopts is gone by at once, wherever no file says otherwise."""

from dataclasses import replace
from pathlib import Path

import pytest

from onecopy.errors import UsageError
from onecopy.pipelines.gate import Gate
from onecopy.policy import Policy, default

CAREFUL = Policy(name="Careful", rules=tuple(replace(rule, mention=True) for rule in default().rules[::-1]))


def opened(folder: Path, policy: Policy | None = None) -> Gate:
    return Gate.open(folder / "catalog.db", folder / "vault", workers=1, policy=policy)


def test_an_adopted_policy_is_followed_by_all_but_those_that_were_told_another(tmp_path: Path) -> None:
    with opened(tmp_path) as one, opened(tmp_path) as other, opened(tmp_path, default()) as told:
        one.policies.change(CAREFUL, actor="kim")
        assert [gate.policies.now().name for gate in (one, other, told)] == [
            "Careful",
            "Careful",
            default().name,
        ]
        with pytest.raises(UsageError, match="set by a file") as caught:
            told.policies.change(CAREFUL, actor="kim")
        assert caught.value.code == "policy-fixed"
        other.policies.change(default(), actor="lee")
        assert one.policies.now().digest == default().digest
        other.policies.change(CAREFUL, actor="lee")
    with opened(tmp_path) as later:
        assert later.policies.now().digest == CAREFUL.digest
