"""A disk that is full: a real, small one. What was acknowledged is kept; the rest may come again."""

import random
import shutil
import subprocess

import pytest

from onecopy.catalog import uploads
from onecopy.catalog.store import Catalog
from onecopy.vault.local import LocalVault

MEGABYTES = 6


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", place], capture_output=True
    )
    if not made or made.returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.parametrize("full", ["vault", "catalog"])
def test_what_was_acknowledged_is_kept_and_the_rest_is_refused(make_service, small_disk, full):
    service = make_service()
    place = {"vault": "--vault", "catalog": "--catalog"}[full]
    service.arguments = (place, str(small_disk / ("v" if full == "vault" else "c.db")))
    service.start()
    filler = small_disk / "filler"
    filler.write_bytes(bytes((MEGABYTES - (2 if full == "vault" else 3)) << 20))
    acknowledged, refused = {}, []
    with service.client() as client:
        for n in range(60):
            data = random.Random(n).randbytes(200_000)
            if full == "catalog" and n == 3:  # only now, so that the first ones fit
                with filler.open("ab", buffering=0) as file:
                    try:
                        while file.write(bytes(4096)):
                            pass
                    except OSError:
                        pass
            response = client.post("/v1/uploads", files={"file": (f"{n}.bin", data)}, data={"case": "c"})
            if response.is_success:
                acknowledged[response.json()["occurrence"]["id"]] = data
            else:
                refused.append(response)
            if len(refused) == 3:
                break
        assert acknowledged
        assert refused
        assert {(one.status_code, one.json()["code"]) for one in refused} == {(507, "disk-full")}
        assert not any(str(small_disk) in one.text for one in refused)
        filler.unlink()
        data = b"after the disk was tidied"
        assert client.post("/v1/uploads", files={"file": ("x", data)}, data={"case": "c"}).is_success
        for name, data in acknowledged.items():
            assert client.get(f"/v1/occurrences/{name}/content").content == data
    service.stop()
    assert "Traceback" not in service.errors()
    catalog = small_disk / "c.db" if full == "catalog" else service.folder / "catalog.db"
    vault = LocalVault(small_disk / "v" if full == "vault" else service.folder / "vault")
    with Catalog(catalog) as opened, opened.read() as connection:
        assert all(vault.exists(sha256) for sha256 in uploads.every_content(connection))
    assert list(vault.leftovers()) == []
