"""Words in another language: a catalogue is enough, and what is to be translated can be listed."""

import importlib.util
import struct
from pathlib import Path

import pytest

from onecopy.service.pages import words
from onecopy.service.pages.render import age, environment, exact, lines


def catalogue(texts):
    """A compiled catalogue, as msgfmt writes it."""
    texts = {
        "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
    } | texts
    keys = sorted(texts, key=str.encode)
    ids, strings = (b"".join(part.encode() + b"\0" for part in of) for of in (keys, [texts[k] for k in keys]))
    start = 28 + 16 * len(keys)
    tables, at = [], start
    for of in (keys, [texts[key] for key in keys]):
        for part in of:
            tables.append(struct.pack("<II", len(part.encode()), at))
            at += len(part.encode()) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, start)
    return head + b"".join(tables) + ids + strings


@pytest.fixture
def spanish(tmp_path, monkeypatch):
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    texts = {
        "Sign in": "Iniciar sesión",
        "%(num)s day\0%(num)s days": "%(num)s día\0%(num)s días",
        "Signed in as": "Sesión de",
    }
    (folder / "onecopy.mo").write_bytes(catalogue(texts))
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    for cached in (words.languages, words._catalogue):
        cached.cache_clear()
    yield
    for cached in (words.languages, words._catalogue):
        cached.cache_clear()


def test_a_catalogue_is_all_that_a_language_needs(spanish):
    from datetime import timedelta

    assert words.wanted("de, es-MX;q=0.8, en") == "es"
    speaks = words.language.set("es")
    try:
        assert words.translated("Sign in") == "Iniciar sesión"
        assert words.translated("not there yet") == "not there yet"
        assert [age(timedelta(days=days)) for days in (1, 3)] == ["1 día", "3 días"]
        assert environment().from_string('{{ _("Sign in") }}').render() == "Iniciar sesión"
    finally:
        words.language.reset(speaks)


@pytest.mark.parametrize("accepts", ["", "de", "en-US,en;q=0.5", "*", ",;q=,", "x" * 5000, "es"])
def test_who_asks_for_none_that_there_is_gets_english(accepts):
    assert words.wanted(accepts) == "en"


def test_everything_that_is_to_be_translated_can_be_listed():
    path = Path(__file__).resolve().parents[3] / "tools" / "strings.py"
    module = importlib.util.module_from_spec(spec := importlib.util.spec_from_file_location("strings", path))
    spec.loader.exec_module(module)
    found = module.texts()
    assert {"Sign in", "Dashboard", "Records officer", ("%(num)s day", "%(num)s days")} <= set(found)
    assert all("html" in place or "pages/" in place for places in found.values() for place in places)
    assert module.quoted('a "b"\n') == '"a \\"b\\"\\n"'


def test_what_was_entered_comes_back_exactly_and_safely():
    made = (
        environment()
        .from_string('<input value="{{ value|exact }}">{{ value }}')
        .render(value='"\u202e\x07<b>')
    )
    assert made == '<input value="&#34;\u202e\x07&lt;b&gt;">&#34;‹U+202E›‹U+0007›&lt;b&gt;'
    assert exact("a&b") == "a&amp;b"
    assert lines("a\n<b>\x07") == "a\n&lt;b&gt;‹U+0007›"
