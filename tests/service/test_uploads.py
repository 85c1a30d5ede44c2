"""Uploads and checks over HTTP: what is answered, and what is kept."""

import hashlib
import io
import zipfile

import pikepdf
import pytest
from PIL import Image

REPLY = {"occurrence", "decision", "reason", "matches", "images"}


def answer(response, status, decision):
    assert response.status_code == status, response.text
    body = response.json()
    assert body["decision"] == decision
    assert set(body) - {"problems"} == REPLY
    assert set(body["occurrence"]) == {"id", "case", "name", "sha256"}
    for match in body["matches"]:
        assert {"occurrence", "relation", "confidence", "evidence", "upload"} <= set(match)
        assert set(match["occurrence"]) == {"id", "case", "name", "sha256"}
    return body


def test_first_of_its_kind_is_stored(send, client, case, encode, photo):
    data = encode(photo())
    response = send(data, "front.jpg", agency="stored")
    body = answer(response, 201, "store")
    assert body["occurrence"] | {"id": ""} == {
        "id": "",
        "case": case,
        "name": "front.jpg",
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    assert body["matches"] == []
    assert body["reason"] == "It was stored as new."
    assert response.headers["location"] == f"/v1/occurrences/{body['occurrence']['id']}"
    assert client.get(response.headers["location"] + "/content").content == data


def test_same_file_in_the_same_case_is_linked(send, encode, photo, case):
    data = encode(photo())
    first = answer(send(data, "front.jpg", agency="linked"), 201, "store")
    again = answer(send(data, "IMG_1.jpg", agency="linked"), 200, "link")
    assert [match["relation"] for match in again["matches"]] == ["same-bytes"]
    assert again["matches"][0]["occurrence"] == first["occurrence"]
    assert again["occurrence"]["id"] != first["occurrence"]["id"]
    assert f"already in case {case} as 'front.jpg', received " in again["reason"]
    assert again["reason"].endswith("It was linked, nothing more is needed.")


def test_same_file_in_another_case_is_linked_and_mentioned(send, client, encode, photo):
    data = encode(photo())
    answer(send(data, "front.jpg", case="24016-1", agency="two cases"), 201, "store")
    body = answer(send(data, "front.jpg", case="24016-2", agency="two cases"), 200, "link")
    assert "case 24016-1" in body["reason"]
    seen = client.get("/v1/cases/24016-2", params={"agency": "two cases"}).json()
    assert [one["id"] for one in seen["occurrences"]] == [body["occurrence"]["id"]]


def test_other_agency_learns_nothing(send, encode, photo):
    for number, picture in enumerate((photo(), photo().crop((0, 0, 600, 440)))):
        data, secret = encode(picture), f"known only to fire {number}"
        answer(send(data, "burnt.jpg", agency="fire", case=secret), 201, "store")
        for path, status in (("checks", 200), ("uploads", 201)):
            theirs = send(data, "x.jpg", agency=f"building {len(data)}", case=secret, to=path)
            body = answer(theirs, status, "store")
            assert body["matches"] == []
            assert "burnt" not in theirs.text
            assert body["reason"] == f"It {'was' if status == 201 else 'would be'} stored as new."


def test_changed_metadata_is_the_same_data(send, encode, photo):
    exif = Image.Exif()
    exif[0x010E] = "north side"
    answer(send(encode(photo()), agency="metadata"), 201, "store")
    body = answer(send(encode(photo(), exif=exif), agency="metadata"), 200, "link")
    assert [match["relation"] for match in body["matches"]] == ["same-data"]
    assert body["matches"][0]["evidence"]["method"] == "digest"


def test_losslessly_saved_again_is_the_same_data(send, photo):
    def png(level):
        with io.BytesIO() as out:
            photo().save(out, "PNG", compress_level=level)
            return out.getvalue()

    assert png(1) != png(9)
    answer(send(png(1), "plan.png", agency="lossless"), 201, "store")
    body = answer(send(png(9), "plan.png", agency="lossless"), 200, "link")
    assert [match["relation"] for match in body["matches"]] == ["same-data"]


def test_saved_again_as_jpeg_is_linked_by_its_pixels(send, encode, photo):
    answer(send(encode(photo(), 92), agency="again"), 201, "store")
    body = answer(send(encode(photo(), 70), agency="again"), 200, "link")
    (match,) = body["matches"]
    assert match["relation"] == "same-image"
    assert match["confidence"] >= 0.99
    elsewhere = answer(send(encode(photo(), 75), agency="again", case="other"), 201, "store")
    assert {match["relation"] for match in elsewhere["matches"]} == {"same-image"}
    assert "saved differently" in elsewhere["reason"]


def test_crop_is_held(send, client, encode, photo):
    answer(send(encode(photo(1)), "whole.jpg", agency="crop"), 201, "store")
    body = answer(send(encode(photo(1).crop((60, 50, 600, 440))), agency="crop"), 202, "hold")
    assert body["matches"][0]["relation"] in ("edited", "unclear")
    assert "a person will look" in body["reason"]
    assert "'whole.jpg'" in body["reason"]
    held = client.get(f"/v1/occurrences/{body['occurrence']['id']}").json()
    assert held["decision"] == "hold"


def test_different_photographs_are_not_tied(send, encode, photo):
    for number in range(4):
        body = answer(send(encode(photo(number)), agency="different"), 201, "store")
        assert body["matches"] == []


def test_check_stores_nothing(send, client, service, case, encode, photo):
    data = encode(photo().rotate(3))
    sha256 = hashlib.sha256(data).hexdigest()
    for _ in range(2):
        body = answer(send(data, to="checks", agency="check"), 200, "store")
        assert body["occurrence"]["id"] is None
        assert body["reason"] == "It would be stored as new."
    assert client.get(f"/v1/cases/{case}", params={"agency": "check"}).status_code == 404
    assert not list((service.folder / "vault").rglob(sha256))
    send(data, agency="check")
    body = answer(send(data, to="checks", agency="check"), 200, "link")
    assert body["reason"].endswith("It would be linked, nothing more is needed.")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.jpg", b"", "empty-file"),
        ("notes.txt", b"Meet at the site at noon.\n" * 10, "not-an-image"),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + bytes(50), None),
    ],
    ids=["empty", "text", "broken"],
)
def test_what_cannot_be_read_is_kept_and_said(send, client, name, data, code):
    body = answer(send(data, name, agency="unreadable"), 201, "store")
    assert body["problems"][0]["message"]
    assert code in (None, body["problems"][0]["code"])
    assert f"could not be read ({body['problems'][0]['code']})" in body["reason"]
    stored = f"/v1/occurrences/{body['occurrence']['id']}"
    assert client.get(f"{stored}/content").content == data
    assert "could not be read" in client.get(stored).json()["reason"]
    again = answer(send(data, name, agency="unreadable"), 200, "link")
    assert again["matches"][0]["relation"] == "same-bytes"


def test_truncated_photograph_is_kept(send, client, encode, photo):
    data = encode(photo(2))[:9000]
    response = send(data, agency="truncated")
    assert response.status_code == 201
    stored = f"/v1/occurrences/{response.json()['occurrence']['id']}/content"
    assert client.get(stored).content == data


def pdf_of(*pictures):
    with pikepdf.new() as pdf, io.BytesIO() as out:
        for data, (width, height) in pictures:
            pdf.add_blank_page(page_size=(width, height))
            image = pdf.make_stream(data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
            image.Width, image.Height, image.BitsPerComponent = width, height, 8
            image.ColorSpace, image.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
            page = pdf.pages[-1]
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image))
            page.Contents = pdf.make_stream(b"q %d 0 0 %d 0 0 cm /Im Do Q" % (width, height))
        pdf.save(out)
        return out.getvalue()


def test_photographs_in_a_pdf_are_matched_each(send, encode, photo):
    one, two, new = (encode(photo(number)) for number in range(3))
    answer(send(one, "one.jpg", agency="pdf"), 201, "store")
    answer(send(two, "two.jpg", agency="pdf"), 201, "store")
    size = photo().size
    body = answer(send(pdf_of((one, size), (new, size), (two, size)), "all.pdf", agency="pdf"), 201, "store")
    found = {match["inner"]: match["occurrence"]["name"] for match in body["matches"]}
    assert sorted(found.values()) == ["one.jpg", "two.jpg"]
    assert all("page=" in inner for inner in found)
    assert {match["relation"] for match in body["matches"]} == {"same-bytes"}
    told = [(one["sha256"], one["width"], one["height"], len(one["matches"])) for one in body["images"]]
    digests = [hashlib.sha256(data).hexdigest() for data in (one, new, two)]
    assert told == [(digests[0], *size, 1), (digests[1], *size, 0), (digests[2], *size, 1)]
    in_short = body["images"][0]["matches"][0]
    (first,) = (match for match in body["matches"] if match["inner"] == body["images"][0]["inner"])
    assert in_short == {
        "occurrence": first["occurrence"]["id"],
        "inner": "",
        "relation": "same-bytes",
        "confidence": 1.0,
    }
    assert body["reason"].startswith("An image in this file is already in case")
    both = pdf_of((one, size), (two, size))
    stored = answer(
        send(both, "both.pdf", agency="pdf"), 201, "store"
    )  # a page may say more than its pictures
    assert len(stored["matches"]) >= 2
    again = answer(send(both, "again.pdf", agency="pdf"), 200, "link")
    assert [match["relation"] for match in again["matches"]] == ["same-bytes"]
    assert [one["matches"][0]["inner"] for one in again["images"]] == [
        one["inner"] for one in again["images"]
    ]


@pytest.mark.parametrize(
    ("name", "more"),
    [("letter.txt", b"Dear sir"), ("cut.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF"), ("zero.jpg", bytes(999))],
)
def test_an_archive_with_more_in_it_is_linked_only_as_a_whole(send, encode, photo, name, more):
    agency = f"more {name}"
    answer(send(encode(photo(5)), "front.jpg", agency=agency), 201, "store")
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("front.jpg", encode(photo(5)))
            archive.writestr(name, more)
        mixed = out.getvalue()
    answer(send(mixed, "mixed.zip", agency=agency), 201, "store")
    answer(send(mixed, "again.zip", agency=agency), 200, "link")


def test_an_archive_of_pictures_that_are_held_is_linked(send, encode, photo):
    answer(send(encode(photo(5)), "front.jpg", agency="all held"), 201, "store")
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a/front.jpg", encode(photo(5)))
        answer(send(out.getvalue(), "front.zip", agency="all held"), 200, "link")


def test_zip_is_one_content(send, client, encode, photo):
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a/front.jpg", encode(photo(3)))
            archive.writestr("readme.txt", "no image")
        data = out.getvalue()
    body = answer(send(data, "photos.zip", agency="zip"), 201, "store")
    assert client.get(f"/v1/occurrences/{body['occurrence']['id']}/content").content == data
    alone = answer(send(encode(photo(3)), "front.jpg", agency="zip"), 200, "link")
    (match,) = alone["matches"]
    assert (match["inner"], match["occurrence_inner"]) == ("", "!/a/front.jpg")
    assert match["occurrence"]["name"] == "photos.zip"
