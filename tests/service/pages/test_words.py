"""Words in another language: a catalogue is enough, and what is to be translated can be listed."""

import importlib.util
import re
import struct
import sys
from importlib.resources import files
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


@pytest.mark.parametrize("accepts", ["", "de", "en-US,en;q=0.5", "*", ",;q=,", "x" * 5000, "est"])
def test_who_asks_for_none_that_there_is_gets_english(accepts):
    assert words.wanted(accepts) == "en"


@pytest.fixture(scope="module")
def tool():
    """One of the tools, by its name."""
    folder = Path(__file__).resolve().parents[3] / "tools"
    sys.path.insert(0, str(folder))
    yield importlib.import_module
    sys.path.remove(str(folder))


def test_everything_that_is_to_be_translated_can_be_listed(tool):
    found = tool("strings").texts()
    assert {"Sign in", "Dashboard", "Records officer", ("%(num)s day", "%(num)s days")} <= set(found)
    assert ("%(num)s file", "%(num)s files") in found


def test_nothing_is_missing_in_any_language(tool):
    languages = tool("languages")
    assert words.languages() >= {"es"}
    for language in words.languages():
        folder = languages.LANGUAGES / language / "LC_MESSAGES"
        catalog = languages.updated(languages.read(folder / "onecopy.po", language))
        assert list(languages.mistakes(catalog)) == [], "translate them, then run tools/languages.py"
        now = [(folder / f"onecopy.{kind}").read_bytes() for kind in ("po", "mo")]
        assert languages.files(catalog) == tuple(now), "run tools/languages.py"


def test_what_is_missing_or_has_other_placeholders_is_found(tool):
    languages = tool("languages")
    catalog = languages.Catalog(locale="es_US")
    for text, said in {
        "%(name)s is here": "aquí está",
        "Not there": "",
        "Fine": "Bien",
        ("one %(num)s", "many %(num)s"): ("uno", "muchos %(num)s", "muchísimos %(num)s"),
        ("%(a)s %(num)s", "%(a)s %(num)s of"): ("%(num)s", "%(a)s %(num)s de", "%(a)s"),
    }.items():
        catalog.add(text, said)
    found = sorted(languages.mistakes(catalog))
    assert [one.partition(": ")[0] for one in found] == ["missing", *["other placeholders"] * 3]


def test_a_language_names_itself_and_says_which_country_it_writes_like():
    assert words.offered() == {"en": "English", "es": "Español"}
    assert words.wanted("en", "es") == "es"
    assert words.wanted("es-MX", "xx") == "es"
    for language, tag in (("en", "en"), ("es", "es-US"), (words.PSEUDO, words.PSEUDO)):
        speaks = words.language.set(language)
        assert words.tag() == tag
        words.language.reset(speaks)


SERVICE = files("onecopy.service")
SCRIPTED = re.compile(r"(?s){#.*?#}|{%.*?%}|{{.*?}}|<(script|style)\b.*?</\1>|<kbd\b[^>]*>[^<]*</kbd>")
SAID = re.compile(r"""\b(alt|title|placeholder|aria-label|label|data-[a-z-]+|value)=("[^"]*"|'[^']*')""")
"""Attributes that people may come to read."""
BARE = re.compile(r"[^\W\d_]{2,}")
NAMES = re.compile(r"onecopy(\[|\])?|SHA-256|&[a-z]+;|pip install|CSV|ZIP|JSON")
KEYS = re.compile(r"data-(key|do|mode|slider|tone|pane|opens|live|says|shows|copies|needs-[a-z]+)=")


def bare_in_template(source):
    """Words of a template that no catalogue has: text between tags, and in attributes that are read."""
    plain = SCRIPTED.sub(" ", source)
    said = [
        one[2][1:-1] for one in SAID.finditer(plain) if one[1] not in ("value",) and not KEYS.match(one[0])
    ]
    texts = [re.sub(r'[a-z-]+="[^"]*"', " ", one) for one in re.split(r"<[^>]*>", plain)] + said
    return sorted({one.strip() for one in texts if BARE.search(NAMES.sub("", one))})


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Sign in</p>", ["Sign in"]),
        ('<p>{{ _("Sign in") }}, please</p>', [", please"]),
        ('<img alt="A picture">', ["A picture"]),
        ('<input placeholder="Name" value="name">', ["Name"]),
        ('<p data-says="All done">{# a note #}</p>', []),
        ('<p data-done="All done">{# a note #}</p>', ["All done"]),
        ("{% if one %}<b>onecopy</b> <kbd>PgUp</kbd>{% endif %}", []),
        ("<button title='Close it'>×</button>", ["Close it"]),
    ],
)
def test_a_bare_word_in_a_template_is_found(source, found):
    assert bare_in_template(source) == found


def templates(folder=None):
    for one in (folder or SERVICE.joinpath("templates")).iterdir():
        yield from templates(one) if one.is_dir() else [one]


def test_no_template_has_a_word_of_its_own():
    found = {one.name: bare_in_template(one.read_text("utf-8")) for one in templates()}
    assert len(found) > 25
    assert {name: bare for name, bare in found.items() if bare} == {}


WRITES = re.compile(
    r"""(?:\.(?:textContent|innerText|innerHTML|alt|title|placeholder|ariaLabel|value)\s*\|?\|?=|\bsay\(|\balert\("""
    r"""|\bconfirm\(|setAttribute\(\s*["'](?:aria-label|title|alt|placeholder)["']\s*,)\s*([^;\n]*)"""
)
IDLE = re.compile(r"""===? *["'][^"']*["']|dataset\[[^\n]*?\]|["']{\w+}["']""")
LITERAL = re.compile(r'"([^"\n]*)"|' + r"'([^'\n]*)'|`([^`]*)`")


def bare_in_script(source):
    """Words that a script writes itself: where people read them, and whatever reads like a sentence."""
    plain = re.sub(r"(?m)^\s*//.*$|\s//\s.*$", "", source)
    written = [IDLE.sub("", one[1]) for one in WRITES.finditer(plain)]
    shown = [literal for one in written for literal in LITERAL.findall(one)]
    texts = ["".join(one) for one in [*shown, *LITERAL.findall(plain)]]
    words_of = [re.sub(r"\$\{[^}]*\}", "", one) for one in texts[: len(shown)]]
    sentences = [
        one for one in texts[len(shown) :] if re.search(r"^[A-Z][a-z]+( [a-z]+)+|[a-z] [a-z]+[.!?…]$", one)
    ]
    return sorted({one for one in [*words_of, *sentences] if BARE.search(one)})


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('place.textContent = "Saved";', ["Saved"]),
        ('place.textContent = place.dataset.done; // "not this"', []),
        ("button.setAttribute('aria-label', 'Close');", ["Close"]),
        ('const text = "Looking at both";', ["Looking at both"]),
        ("zoom.textContent = `${Math.round(scale * 100)}%`;", []),
        ('this.say("No more.");', ["No more."]),
        ('style.transform = `translate(${x}px)`; find("[data-do=page-back]");', []),
    ],
)
def test_a_bare_word_in_a_script_is_found(source, found):
    assert bare_in_script(source) == found


def test_no_script_has_a_word_of_its_own():
    scripts = [one for one in SERVICE.joinpath("static").iterdir() if one.name.endswith(".js")]
    found = {one.name: bare_in_script(one.read_text("utf-8")) for one in scripts}
    assert len(found) > 8
    assert {name: bare for name, bare in found.items() if bare} == {}


def test_what_was_entered_comes_back_exactly_and_safely():
    made = (
        environment()
        .from_string('<input value="{{ value|exact }}">{{ value }}')
        .render(value='"\u202e\x07<b>')
    )
    assert made == '<input value="&#34;\u202e\x07&lt;b&gt;">&#34;‹U+202E›‹U+0007›&lt;b&gt;'
    assert exact("a&b") == "a&amp;b"
    assert lines("a\n<b>\x07") == "a\n&lt;b&gt;‹U+0007›"


def test_what_only_english_has_is_marked_and_codes_speak_for_messages():
    from onecopy.model import Problem
    from onecopy.service.pages.spoken import aloud, spoken, trouble

    cut = Problem(inner="", code="truncated", message="The PDF ends too early. Get a complete copy.")
    new = Problem(inner="", code="of-tomorrow", message="It is <odd>.")
    assert aloud(trouble(cut)) == "<bdi>The PDF ends too early. Get a complete copy.</bdi>"
    speaks = words.language.set("es")
    try:
        assert aloud(trouble(cut)) == "<bdi>Termina demasiado pronto. Consiga una copia completa.</bdi>"
        assert aloud(trouble(new)) == '<bdi lang="en">It is &lt;odd&gt;.</bdi>'
        assert aloud(spoken("There is no such question.")) == "<bdi>No existe esa pregunta.</bdi>"
    finally:
        words.language.reset(speaks)
