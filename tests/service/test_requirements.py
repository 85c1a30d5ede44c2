"""What is said of uploads is what is gone by."""

import io
import zipfile

import pytest


@pytest.fixture(scope="module")
def strict(make_service):
    limits = {"UPLOAD_BYTES": "300000", "PIXELS": "100000", "IMAGES": "2", "NESTING": "1", "PAGES": "3"}
    limits |= {"SECONDS": "20", "UNPACKED_BYTES": "5000000"}
    environment = {f"ONECOPY_MAX_{name}": value for name, value in limits.items()}
    return make_service(environment=environment | {"ONECOPY_IDEMPOTENCY_HOURS": "24"}).start()


def test_limits_are_those_of_the_settings(strict):
    with strict.client() as client:
        said = client.get("/v1/upload-requirements").json()
    assert said["limits"] == {
        "bytes": 300_000,
        "unpacked_bytes": 5_000_000,
        "pixels": 100_000,
        "pages": 3,
        "images": 2,
        "nesting": 1,
        "seconds": 20.0,
        "idle_seconds": 30.0,
        "metadata_bytes": 8192,
    }
    assert said["idempotency"]["hours"] == 24


def test_limits_are_gone_by(strict, encode, photo):
    """What breaks one is kept, and the reply says which; but not what is too large to be let in."""
    with strict.client() as client:

        def send(data):
            return client.post("/v1/uploads", files={"file": ("a", data)}, data={"case": "c"})

        reply = send(encode(photo()))
        assert (reply.status_code, reply.json()["images"]) == (201, [])
        assert [one["code"] for one in reply.json()["problems"]] == ["too-many-pixels"]
        small = encode(photo().resize((200, 150)))
        assert len(send(small).json()["images"]) == 1
        many = send(zipped({f"{n}.jpg": encode(photo(n).resize((200, 150))) for n in range(4)})).json()
        assert {one["code"] for one in many["problems"]} == {"too-many-images"}
        nested = send(zipped({"a.zip": zipped({"b.zip": zipped({"c.jpg": small})})})).json()
        assert {one["code"] for one in nested["problems"]} == {"nested-too-deep"}
        large = send(bytes(300_001))
        alone = client.post(
            "/v1/uploads?case=c", content=bytes(300_001), headers={"Content-Type": "image/jpeg"}
        )
        for refused in (large, alone):
            assert (refused.status_code, refused.json()["code"]) == (413, "too-large")
    assert list((strict.folder / "vault" / "spool").iterdir()) == []


def zipped(files):
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return out.getvalue()


def test_every_format_that_is_said_to_be_read_is(client, send):
    import numpy as np
    from PIL import Image

    from onecopy.decode.sniff import sniff

    said = {one["name"]: one for one in client.get("/v1/upload-requirements").json()["formats"]}
    names = {"jpeg2000": "JPEG2000", "pnm": "PPM", "heic": "HEIF"}
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 255, (80, 90, 3), np.uint8))
    for name, one in said.items():
        if one["container"] or not one["readable"] or name == "heic":
            continue
        with io.BytesIO() as out:
            noise.save(out, names.get(name, name))
            assert sniff(out.getvalue()).format == name
            kind = {"Content-Type": one["media_type"]}
            reply = client.post("/v1/checks?case=c", content=out.getvalue(), headers=kind).json()
        assert [image["format"] for image in reply["images"]] == [name]


def test_fields_are_those_of_the_form(client):
    said = client.get("/v1/upload-requirements").json()["fields"]
    document = client.get("/openapi.json").json()["paths"]["/v1/uploads"]["post"]
    form = document["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert {one["name"] for one in said} | {"file"} == set(form["properties"])
    assert {one["name"] for one in said if one["required"]} | {"file"} == set(form["required"])
    for one in said:
        assert one["longest"] == form["properties"][one["name"]]["maxLength"]
