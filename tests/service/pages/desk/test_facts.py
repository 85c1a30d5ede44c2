"""What is known of two pictures, in lines: what a file carries and claims is said as such."""

from types import SimpleNamespace

import pytest

from onecopy.catalog.questions import Part
from onecopy.model import Capture
from onecopy.service.pages import words
from onecopy.service.pages.desk.facts import compared
from onecopy.service.pages.desk.shots import Shot

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def shot(**said):
    print = SimpleNamespace(
        capture=Capture(**said), byte_size=9, width=4, height=3, format="jpeg", lossless=False
    )
    return Shot(
        position=0, part=Part.EARLIER, occurrence=None, inner="", image=SimpleNamespace(fingerprint=print)
    )


def lines(left, right):
    return {one.label: (one.left, one.right) for one in compared(left, right, agencies=False)}


@pytest.mark.parametrize(
    ("language", "carries", "made"),
    [
        (
            "en",
            "carries Content Credentials (not verified here), made by Acme 2",
            "made by a generative model",
        ),
        (
            "es",
            "lleva Content Credentials (sin verificar aquí), creadas por Acme 2",
            "creada por un modelo generativo",
        ),
    ],
)
def test_credentials_are_carried_and_never_called_valid(language, carries, made):
    left = shot(
        credentials="c2pa", credentials_by="Acme 2", digital_source_type=f"{SOURCE}trainedAlgorithmicMedia"
    )
    speaks = words.language.set(language)
    try:
        found = lines(left, shot(digital_source_type="somethingNew", document_id="xmp.did:2", rights="City"))
    finally:
        words.language.reset(speaks)
    assert found["Credentials"] == (carries, None)
    assert found["Digital source"] == (made, "somethingNew")
    assert found["Document identifier"] == (None, "xmp.did:2")
    assert found["Rights"] == (None, "City")


def test_what_nobody_says_has_no_line():
    assert not {"Credentials", "Digital source", "Rights", "Software"} & set(lines(shot(), shot()))
