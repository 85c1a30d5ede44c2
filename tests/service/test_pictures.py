"""Pictures for people: through an occurrence, decoded anew, and never more than asked for."""

import io
import zipfile

import numpy as np
import pikepdf
import pytest
from PIL import Image

from onecopy.decode.tiling import TILE

EXIF_TURNED = 6


@pytest.fixture
def sent(send):
    """Uploads bytes and gives the occurrence's address."""

    def sent(data, name="photo.jpg", **fields):
        reply = send(data, name, **fields)
        assert reply.status_code < 300, reply.text
        return f"/v1/occurrences/{reply.json()['occurrence']['id']}"

    return sent


def shown(reply):
    assert reply.status_code == 200, reply.text
    image = Image.open(io.BytesIO(reply.content))
    assert reply.headers["content-type"] == f"image/{image.format.lower()}"
    return image.convert("RGB")


def near(a, b):
    return np.abs(np.asarray(a).astype(float) - np.asarray(b.convert("RGB")).astype(float)).mean()


def test_a_rendition_is_upright_small_and_made_anew(client, sent, photo, encode):
    exif = Image.Exif()
    exif[0x0112] = EXIF_TURNED
    exif[0x010E] = "<script>alert(1)</script>"
    place = sent(encode(photo(), exif=exif))
    reply = client.get(f"{place}/picture", params={"side": 300})
    image = shown(reply)
    assert image.size == (240, 320)
    assert near(image, photo().transpose(Image.Transpose.ROTATE_270).resize((240, 320))) < 8
    assert b"alert" not in reply.content


def test_what_lies_inside_is_shown_by_its_place(client, sent, photo, encode):
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a/one.jpg", encode(photo(1)))
            archive.writestr("two.txt", "words")
        place = sent(out.getvalue(), "plans.zip")
    (found,) = client.get(f"{place}/pictures").json()["pictures"]
    assert (found["inner"], found["width"], found["height"]) == ("!/a/one.jpg", 640, 480)
    image = shown(client.get(f"{place}/picture", params={"inner": found["inner"], "side": 640}))
    assert near(image, photo(1)) < 5
    for inner in ("", "!/two.txt", "!/../../etc/passwd", "#page=1"):
        assert client.get(f"{place}/picture", params={"inner": inner}).status_code == 404


def test_tiles_put_together_are_the_picture(client, sent, photo, encode):
    large = photo(2).resize((1300, 900), Image.Resampling.LANCZOS)
    place = sent(encode(large, 95))
    whole = Image.new("RGB", large.size)
    for column in range(3):
        for row in range(2):
            part = shown(client.get(f"{place}/tiles/0/{column}/{row}"))
            whole.paste(part, (column * TILE, row * TILE))
    assert near(whole, large) < 3
    half = shown(client.get(f"{place}/tiles/1/0/0"))
    assert half.size == (TILE + 1, 450)
    for beyond in ("0/3/0", "0/0/2", "20/1/0"):
        assert client.get(f"{place}/tiles/{beyond}").status_code == 404
    for nonsense in ("21/0/0", "0/-1/0", "a/0/0"):
        assert client.get(f"{place}/tiles/{nonsense}").status_code in (404, 422)


def test_whole_pages_of_a_document(client, sent, photo, encode):
    with io.BytesIO() as out, pikepdf.new() as document:
        document.add_blank_page(page_size=(612, 792))
        document.add_blank_page(page_size=(792, 612))
        document.save(out)
        place = sent(out.getvalue(), "permit.pdf")
    assert client.get(f"{place}/pictures").json()["documents"] == [""]
    assert shown(client.get(f"{place}/pages/1", params={"side": 320})).size[1] == 320
    assert shown(client.get(f"{place}/pages/2", params={"side": 320})).size[0] == 320
    assert client.get(f"{place}/pages/3").status_code == 404
    assert client.get(f"{place}/pages/1", params={"inner": "!/a.pdf"}).status_code == 404


def test_two_that_were_compared_are_drawn_with_their_difference(client, send, sent, photo, encode):
    first = sent(encode(photo(3), 92), "a.jpg", agency="difference")
    smaller = photo(3).resize((480, 360), Image.Resampling.LANCZOS)
    reply = send(encode(smaller, 60), "b.jpg", agency="difference").json()
    assert [one["relation"] for one in reply["matches"]] == ["same-image"]
    other = reply["occurrence"]["id"]
    panels = shown(client.get(f"{first}/differences/{other}"))
    assert panels.width > 2.5 * panels.height
    alone = sent(encode(photo(4)), "c.jpg", agency="difference").rpartition("/")[2]
    assert client.get(f"{first}/differences/{alone}").json()["code"] == "not-compared"


def test_a_browser_asks_once_and_keeps_it_to_itself(client, sent, photo, encode):
    place = sent(encode(photo(4), 71))
    reply = client.get(f"{place}/picture")
    assert reply.headers["cache-control"] == "private, max-age=3600"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in reply.headers["content-security-policy"]
    again = client.get(f"{place}/picture", headers={"If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{place}/picture", params={"side": 160}).headers["etag"] != reply.headers["etag"]


def test_without_the_right_to_content_nothing_is_shown(client, sent, photo, encode):
    place = sent(encode(photo(4), 72))
    wanted = {"name": "looks at the log", "role": "auditor"}
    token = client.post("/v1/tokens", json=wanted).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    etag = client.get(f"{place}/picture").headers["etag"]
    reply = client.get(f"{place}/picture", headers=headers | {"If-None-Match": etag})
    assert reply.status_code == 403
