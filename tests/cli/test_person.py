"""``onecopy person``: who may sign in."""

import json

PLACE = ("--catalog", "catalog.db")


def test_somebody_from_first_to_last(quick):
    quick("person", "add", "A@example.gov", "--role", "auditor", "--every-agency", *PLACE, check=0)
    line = quick("person", "list", *PLACE, check=0).stdout
    assert line == "a@example.gov: auditor for every agency, has not signed in yet\n"
    assert json.loads(quick("person", "list", "--json", *PLACE, check=0).stdout)["agency"] is None
    assert "already" in quick("person", "add", "a@example.gov", "--role", "auditor", *PLACE, check=2).stderr
    quick("person", "remove", "a@example.gov", *PLACE, check=0)
    assert "Nobody signs in" in quick("person", "remove", "a@example.gov", *PLACE, check=2).stderr
    both = ("--role", "auditor", "--every-agency", "--agency", "fire")
    assert "not both" in quick("person", "add", "b@example.gov", *both, *PLACE, check=2).stderr
