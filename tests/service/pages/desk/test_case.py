"""The page of a case, and its archive over HTTP."""

import io
import re
import zipfile
from urllib.parse import quote


def test_everything_of_a_case_is_on_its_page_and_in_its_archive(visit, desk):
    address = desk.ask()
    browser = visit(desk.token["token"])
    page = browser.get(f"/cases/{quote(desk.case)}?agency={quote(desk.agency)}")
    assert page.status_code == 200
    assert "14 files" in page.text
    assert "picture 5.jpg" in page.text
    assert f'href="{address}?case=' in page.text, "what blocks links to its question"
    got = browser.get(f"/archives/{quote(desk.case)}?agency={quote(desk.agency)}")
    assert got.headers["content-type"] == "application/zip"
    assert got.headers["content-disposition"].startswith("attachment")
    archive = zipfile.ZipFile(io.BytesIO(got.content))
    assert archive.testzip() is None
    assert len(archive.namelist()) == 15
    assert "<img src=x onerror" not in " ".join(archive.namelist())
    assert archive.read("manifest.csv").count(b"\r\n") == 15


def test_a_case_that_no_path_can_name_has_its_page(visit, desk):
    browser = visit(desk.officer["token"])
    with desk.service.client(desk.officer["token"]) as client:
        sent = client.post("/v1/uploads", files={"file": ("a.txt", b"words")}, data={"case": ".."})
    assert sent.status_code < 300, sent.text
    found = browser.get("/search", params={"case": ".."})
    (address,) = re.findall(r'href="(/cases/[^"]+)"', found.text)
    page = browser.get(address.replace("&amp;", "&"))
    assert page.status_code == 200
    assert "a.txt" in page.text
    (archive,) = re.findall(r'href="(/archives/[^"]+)"', page.text)
    assert browser.get(archive.replace("&amp;", "&")).headers["content-type"] == "application/zip"


def test_another_agencys_case_is_as_if_it_were_not(visit, desk, token_of):
    browser = visit(token_of("records-officer", "yet another agency")["token"])
    for path in ("cases", "archives"):
        for whose in ("", f"?agency={quote(desk.agency)}"):
            assert browser.get(f"/{path}/{quote(desk.case)}{whose}").status_code == 404


def test_an_auditor_sees_the_case_and_no_pictures(visit, desk, token_of):
    browser = visit(token_of("auditor", desk.agency)["token"])
    page = browser.get(f"/cases/{quote(desk.case)}")
    assert page.status_code == 200
    assert "picture?side" not in page.text
    assert "/archives/" not in page.text
    assert browser.get(f"/archives/{quote(desk.case)}").status_code == 403


def test_axe_finds_no_fault(open_page, desk, faults):
    desk.ask()
    page = open_page(f"/cases/{quote(desk.case)}", token=desk.token["token"], width=390, bypass_csp=True)
    page.get_by_role("heading", level=1).wait_for()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
