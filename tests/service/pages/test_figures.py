"""The dashboard and the public page, on uploads of two agencies."""

import csv
import io

import httpx
import pytest

from onecopy.service.pages.public import _digits, _tens


@pytest.fixture(scope="module")
def service(make_service, encode, photo):
    """Two agencies; each sends one photograph twice, and one of them the other's, too."""
    service = make_service(environment={"ONECOPY_PUBLIC_PAGE": "yes", "ONECOPY_REVIEW_MINUTES": "48"}).start()
    with service.client() as admin:
        for agency, source, picture, times in (
            ("ours", "portal", 0, 7),
            ("ours", "=cmd|' /C calc'!A0", 1, 7),
            ("theirs", "<script>alert(1)</script>", 0, 3),
        ):
            for number in range(times):
                form = {"case": f"case {picture}", "agency": agency, "source": source}
                files = {"file": (f"{number}.jpg", encode(photo(picture)))}
                assert admin.post("/v1/uploads", files=files, data=form).status_code in (200, 201)
    return service


def table(browser, name):
    reply = browser.get(f"/dashboard/{name}.csv")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in reply.headers["content-disposition"]
    head, *rows = csv.reader(io.StringIO(reply.text))
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_figures_are_those_of_what_was_sent(service, visit, encode, photo):
    one, other = (len(encode(photo(number))) for number in (0, 1))
    browser = visit(service.token)
    (month,) = table(browser, "months")
    assert (month["received"], month["copies"]) == ("17", "14")
    assert int(month["bytes received"]) == 10 * one + 7 * other
    assert int(month["bytes stored"]) == one + other
    assert int(month["bytes not stored again"]) == 9 * one + 6 * other
    agencies = {row["name"]: row for row in table(browser, "agencies")}
    assert int(agencies["theirs"]["bytes stored"]) == one
    questions = {row["figure"]: row["value"] for row in table(browser, "questions")}
    assert questions["uploads linked by policy"] == "14"
    assert questions["review days avoided"] == "1.4"
    page = browser.get("/dashboard").text
    assert "82%" in page
    assert "assuming 48 minutes a look" in page


def test_an_agency_sees_itself_alone(service, visit, token_of, encode, photo):
    browser = visit(token_of("reviewer", "theirs")["token"])
    (month,) = table(browser, "months")
    assert (month["received"], month["copies"]) == ("3", "2")
    assert int(month["bytes stored"]) == len(encode(photo(0)))  # although another agency holds it, too
    assert table(browser, "agencies") == []
    assert ">ours<" not in browser.get("/dashboard").text


def test_no_name_is_a_formula_or_markup(service, visit):
    browser = visit(service.token)
    assert "<script>alert" not in browser.get("/dashboard").text
    names = {row["name"] for row in table(browser, "sources")}
    assert names == {"portal", "'=cmd|' /C calc'!A0", "<script>alert(1)</script>"}


def test_the_public_page_is_rough_and_names_nobody_small(service):
    with httpx.Client(base_url=service.url, trust_env=False, timeout=30) as anybody:
        said = anybody.get("/public.json")
        page = anybody.get("/public", headers={"Accept": "text/html"})
    figures = said.json()
    assert said.headers["access-control-allow-origin"] == "*"
    assert (figures["received"], figures["copies"], figures["share_of_copies"]) == (10, 10, 0.82)
    assert [row["name"] for row in figures["agencies"]] == ["ours"]
    assert figures["bytes_stored"] % 1000 == 0
    for text in (said.text, page.text):
        assert "theirs" not in text
        assert "case 0" not in text
        assert "portal" not in text
    assert page.status_code == 200
    assert 'class="fill fill-main" width="820"' in page.text  # by the share: both counts are rounded to one


def test_the_public_page_is_off_unless_it_is_wanted(make_service):
    service = make_service().start()
    for path in ("/public", "/public.json"):
        assert httpx.get(service.url + path, trust_env=False).status_code == 404


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (9, None), (10, 10), (19, 10), (1234, 1230)])
def test_small_counts_are_not_told(count, told):
    assert _tens(count) == told


@pytest.mark.parametrize(("size", "told"), [(0, 0), (7, 7), (99, 99), (123, 120), (98765, 98000)])
def test_sizes_are_rough(size, told):
    assert _digits(size) == told
