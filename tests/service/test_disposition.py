import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecopy.service.api.disposition import attachment


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("front.jpg", 'attachment; filename="front.jpg"'),
        ("front door.jpg", 'attachment; filename="front door.jpg"'),
        ('a"b.jpg', "attachment; filename=\"a_b.jpg\"; filename*=UTF-8''a%22b.jpg"),
        ("Übersicht.jpg", "attachment; filename=\"_bersicht.jpg\"; filename*=UTF-8''%C3%9Cbersicht.jpg"),
        ("a\r\nX: x", "attachment; filename=\"a__X_ x\"; filename*=UTF-8''a%0D%0AX%3A%20x"),
    ],
)
def test_headers(name, header):
    assert attachment(name) == header


@given(st.text(min_size=1))
def test_any_name_is_one_ascii_line_that_says_the_name(name):
    header = attachment(name)
    assert re.fullmatch(r"[ -~]+", header)
    assert header.count('"') == 2
    exact = re.search(r"filename\*=UTF-8''(\S+)$", header)
    said = unquote(exact[1]) if exact else re.search(r'filename="(.+)"', header)[1]
    assert said == name
