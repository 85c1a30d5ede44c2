"""Manifests: what they say, and how it is said where they are wrong."""

import io
import json
from datetime import UTC, datetime

import pytest

from onecopy.imports.manifest import LONGEST_LINE, Kind, ManifestError, context, read


def rows(text, kind=Kind.CSV, **defaults):
    data = text if isinstance(text, bytes) else text.encode()
    return list(read(io.BytesIO(data), kind, defaults))


def test_csv_as_spreadsheets_write_it():
    text = '\ufefffile,case, name ,captured_at,metadata.inspector,metadata\r\n"a, b.jpg",c1,,,Kim,\r\n\r\n'
    text += 'd.jpg,,"two\r\nlines",2026-05-03T09:12:44-07:00,,"{""x"": 1}"\r\n'
    first, second = rows(text, case="c0")
    assert (first.number, first.file, first.context) == (
        2,
        "a, b.jpg",
        {"case": "c1", "metadata": {"inspector": "Kim"}},
    )
    assert (second.number, second.context["metadata"], second.context["case"]) == (4, {"x": 1}, "c0")
    about = context(second, agency="fire", uploader="u")
    assert about.captured_at == datetime(2026, 5, 3, 16, 12, 44, tzinfo=UTC)
    assert (about.name, about.agency, about.uploader) == ("two\r\nlines", "fire", "u")
    assert context(first, agency="", uploader="").name == "a, b.jpg"


def test_json_lines():
    lines = [
        {"file": "s3://scans/a/b.tif", "case": "c", "metadata": {"n": [1]}},
        {"file": "x", "case": "c", "name": "y"},
    ]
    text = "\n\n".join(map(json.dumps, lines))
    first, second = rows(text, Kind.JSON_LINES)
    assert (first.number, first.context["metadata"]) == (1, {"n": [1]})
    assert (second.number, second.context["name"]) == (3, "y")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "The first line names the columns"),
        ("case\nc\n", 1, "one is 'file'"),
        ("file,file\na,b\n", 1, "each once"),
        ("file,case\n", 1, "There is no row."),
        ("file,case\na,c\n,c\n", 3, "'file' says no file"),
        ("file\na\n", 2, "The field 'case' is empty"),
        ("file,case,agency\na,c,x\n", 2, "'agency' is none of: file, case"),
        ("file,case,captured_at\na,c,yesterday\n", 2, "is no time with a zone"),
        ("file,case,metadata\na,c,[]\n", 2, "is not a JSON object"),
        ("file,case\na,c,d\n", 2, "It has 3 columns, and the header 2."),
        ('file,case\na,"c\n', 2, "It is no CSV"),
        ("file,case\na," + "c" * LONGEST_LINE + "\n", 2, "It is longer than"),
        (b"file,case\na,\xff\n", 2, "It is not UTF-8."),
        (b"file,case\na\0b,c\n", 2, ""),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, line, said):
    with pytest.raises(ManifestError) as refused:
        rows(text)
    assert refused.value.code == "bad-manifest"
    assert refused.value.wrong[0].line == line
    assert said in refused.value.wrong[0].message
    assert f"line {line}: " in refused.value.message


@pytest.mark.parametrize(
    "text", ["[1]", "{", '{"file": 1, "case": "c"}', '{"file": "a", "case": 1}', "[" * 9999]
)
def test_json_that_does_not_fit(text):
    with pytest.raises(ManifestError):
        rows(text, Kind.JSON_LINES)


def test_all_wrong_rows_are_told_up_to_a_number():
    with pytest.raises(ManifestError) as refused:
        rows("file,case\n" + ",c\n" * 50)
    assert [one.line for one in refused.value.wrong] == list(range(2, 22))
