"""The page of a case, and its archive over HTTP."""

import io
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
