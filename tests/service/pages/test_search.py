"""Searching by what is known and by a picture, inside one agency."""

import hashlib
import re

import pytest

from onecopy.catalog import contents, decisions, occurrences
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.store import Catalog


@pytest.fixture(scope="module")
def held(service, encode, photo):
    """Photographs of two agencies; the names are hostile."""
    sent = {}
    with service.client() as admin:
        for agency, case, name, picture in (
            ("search", "S-1", "<img src=x onerror=alert(1)>.jpg", 0),
            ("search", "S-2", "Front 100%_a.jpg", 1),
            ("elsewhere", "S-1", "theirs.jpg", 2),
        ):
            data = encode(photo(picture), exif=_camera("Nikon", "Z-100"))
            reply = admin.post(
                "/v1/uploads", files={"file": (name, data)}, data={"case": case, "agency": agency}
            )
            assert reply.status_code in (200, 201), reply.text
            sent[case, agency] = hashlib.sha256(data).hexdigest()
    return sent


def _camera(make, model):
    from PIL import Image

    exif = Image.Exif()
    exif[271], exif[272] = make, model
    return exif


@pytest.fixture
def browser(visit, token_of, held):
    return visit(token_of("reviewer", "search")["token"])


def found(browser, **asked):
    page = browser.get("/search", params=asked)
    assert page.status_code == 200
    return re.findall(r"<h3><bdi>(.*?)</bdi></h3>", page.text)


HOSTILE, PLAIN = "&lt;img src=x onerror=alert(1)&gt;.jpg", "Front 100%_a.jpg"


def test_by_what_is_known(browser, held):
    digest = held["S-1", "search"]
    assert found(browser, case="S-1") == [HOSTILE]
    assert found(browser, case=" S-2 ") == [PLAIN]
    assert found(browser, name="FRONT") == [PLAIN]
    assert found(browser, name="100%_") == [PLAIN]
    assert found(browser, name="%") == [PLAIN]
    assert found(browser, digest=digest) == found(browser, digest=digest[:9].upper()) == [HOSTILE]
    assert found(browser, digest=f"sha256:{digest}") == [HOSTILE]
    assert found(browser, camera="nikon z-100") == [PLAIN, HOSTILE]
    assert found(browser, camera="canon") == []
    assert found(browser, since="2020-01-01", until="2999-01-01") == [PLAIN, HOSTILE]
    assert found(browser, since="2999-01-01") == []
    assert found(browser, relation="same-bytes") == []
    case = re.search(r'href="(/cases/[^"]+)"', browser.get("/search?case=S-2").text)[1]
    assert browser.get(case.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"digest": "zz"}, {"since": "yesterday"}, {"relation": "alike"}, {"before": "x"}]
)
def test_what_cannot_be_is_said_and_not_ignored(browser, held, wrong):
    page = browser.get("/search", params={"case": "S-1"} | wrong)
    assert page.status_code == 422
    assert "Nothing was searched" in page.text
    assert HOSTILE not in page.text
    if "before" not in wrong:
        assert f'id="{next(iter(wrong))}-wrong"' in page.text


def test_what_is_another_agencys_is_not_found(browser, held):
    theirs = held["S-1", "elsewhere"]
    for asked in ({"name": "theirs"}, {"digest": theirs}, {"digest": theirs[:6]}):
        assert found(browser, **asked) == []
    assert "theirs.jpg" not in browser.get("/search?case=S-1").text


def test_pages_go_on_where_the_last_one_ended(service, visit, token_of):
    with Catalog(service.folder / "catalog.db") as catalog, catalog.write() as connection:
        contents.add(connection, "0" * 64, 1)
        for number in range(33):
            one = Occurrence(name=f"n{number:02}.jpg", content="0" * 64, case_id="many", agency="many")
            id = occurrences.add(connection, one)
            decisions.add(connection, Decision(occurrence=id, decision="store", reason="r", policy="p"))
    browser = visit(token_of("reviewer", "many")["token"])
    first = browser.get("/search?name=n")
    names = re.findall(r"<h3><bdi>(.*?)</bdi></h3>", first.text)
    onward = re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&")
    second = browser.get(onward)
    names += re.findall(r"<h3><bdi>(.*?)</bdi></h3>", second.text)
    assert names == [f"n{number:02}.jpg" for number in reversed(range(33))]
    assert 'rel="next"' not in second.text
    assert browser.get("/search?name=n&before=nonsense~x").status_code == 422


def by_picture(browser, data, name="asked.jpg", **fields):
    csrf = re.search(r'name="csrf" value="(\w+)"', browser.get("/search").text)[1]
    files = {"file": (name, data)}
    return browser.post("/search/image", data={"csrf": csrf} | fields, files=files)


def test_by_a_picture(service, browser, encode, photo):
    smaller = photo(1).resize((320, 240))
    page = by_picture(browser, encode(smaller, 80), name="<b>asked.jpg")
    assert page.status_code == 200
    assert "&lt;b&gt;asked.jpg" in page.text
    assert "It has to do with 1 picture" in page.text
    assert "Front 100%_a.jpg" in page.text
    assert "Nothing like it is held" in by_picture(browser, encode(photo(2))).text
    assert "Nothing like it is held" in by_picture(browser, b"no picture").text
    assert len(found(browser, since="2020-01-01")) == 2  # it was looked at, and not kept


def test_a_picture_is_sent_by_the_page_of_this_session_alone(service, browser, visit, encode, photo):
    data = encode(photo(1))
    wrong = browser.post("/search/image", data={"csrf": "0" * 64}, files={"file": ("a.jpg", data)})
    assert (wrong.status_code, "form-expired" in wrong.text) == (403, True)
    foreign = browser.post("/search/image", files={"file": ("a.jpg", data)}, headers={"Origin": "null"})
    assert (foreign.status_code, "cross-site" in foreign.text) == (403, True)
    assert by_picture(browser, data, agency="elsewhere").status_code == 200  # it says nothing of them
    assert by_picture(browser, b"").status_code == 422
    other = by_picture(browser, data, source="x")
    assert other.status_code == 422
    nobody = visit().post("/search/image", files={"file": ("a.jpg", data)})
    assert (nobody.status_code, "Sign in" in nobody.text) == (401, True)
