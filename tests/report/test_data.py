import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from onecopy.findings import Findings
from onecopy.model import Evidence, Region
from onecopy.report import data, write

SCHEMA = Path(__file__).parents[2] / "docs/reference/findings.schema.json"


def written(findings, folder):
    write(findings, folder, price_per_tb_year=276, preview=lambda locator, side: None)
    return (folder / "findings.json").read_bytes()


@pytest.fixture
def validator():
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_published_schema_is_the_one_the_dataclasses_give():
    same = json.loads(SCHEMA.read_text()) == json.loads(json.dumps(data.json_schema()))
    assert same, "run make docs"


def test_findings_come_back_as_they_were(archive, tmp_path):
    findings = archive.findings()
    assert msgspec.json.decode(written(findings, tmp_path), type=Findings) == findings


def test_findings_follow_the_schema(archive, new_archive, validator, tmp_path):
    validator.validate(json.loads(written(archive.findings(), tmp_path)))
    validator.validate(json.loads(written(new_archive().findings(), tmp_path)))


def test_all_keys_are_there_even_when_empty(new_archive, tmp_path):
    document = json.loads(written(new_archive().findings(), tmp_path))
    assert list(document) == [
        "schema",
        "onecopy",
        "sources",
        "totals",
        "images",
        "relations",
        "groups",
        "containers",
        "unreadable",
        "unmatchable",
        "skipped",
    ]
    assert document["schema"] == 1
    assert document["images"] == []


@pytest.mark.parametrize(
    "break_it",
    [
        lambda document: document.pop("skipped"),
        lambda document: document["images"][0].update(sha256="ABC"),
        lambda document: document["relations"][0].update(relation="alike"),
        lambda document: document["relations"][0].update(confidence=1.5),
        lambda document: document["totals"]["by_relation"].update(alike=1),
        lambda document: document.update(schema=2),
    ],
)
def test_the_schema_refuses_what_is_wrong(archive, validator, tmp_path, break_it):
    document = json.loads(written(archive.findings(), tmp_path))
    break_it(document)
    assert not validator.is_valid(document)


def test_evidence_leaves_defaults_out():
    assert data.sparse(Evidence(method="digest")) == {"method": "digest"}
    evidence = Evidence(method="photo", turned=90, regions=(Region(a=(1, 2, 3, 4), b=None),))
    assert json.loads(json.dumps(data.sparse(evidence))) == {
        "method": "photo",
        "turned": 90,
        "regions": [{"a": [1, 2, 3, 4], "b": None}],
    }


def test_the_same_findings_give_the_same_bytes(archive, tmp_path):
    assert written(archive.findings(), tmp_path / "a") == written(archive.findings(), tmp_path / "b")


def test_text_that_is_not_unicode_is_written_as_its_escape(new_archive, tmp_path):
    it = new_archive()
    a, b = it.image("a.jpg"), it.image("b.jpg")
    it.relate(a, b, "edited", words=("odd \udcff name",))
    document = json.loads(written(it.findings(), tmp_path))
    assert document["relations"][0]["evidence"]["words"] == ["odd \\udcff name"]
