"""Recipes instead of bytes: nothing is lost, wherever it is stopped."""

import io

import pytest
from PIL import Image

from onecopy.catalog import events, schema
from onecopy.catalog.store import Catalog
from onecopy.engines.local import LocalEngine
from onecopy.pipelines.gate import Context, Gate
from onecopy.pipelines.gate.orphans import claim, remove, survey
from onecopy.pipelines.gate.packing import Outcome, pack, packed, pairs, unpack, unsound
from onecopy.vault.local import LocalVault
from onecopy.vault.open import open_vault


@pytest.fixture(params=["folder", "bucket"])
def gate(request, tmp_path):
    vault = (
        LocalVault(tmp_path / "vault")
        if request.param == "folder"
        else open_vault(request.getfixturevalue("bucket_url"))
    )
    with Gate(Catalog(tmp_path / "c.db"), vault, LocalEngine(1)) as gate:
        claim(gate.catalog, gate.vault)
        yield gate


@pytest.fixture
def held(gate, tmp_path, picture):
    """Four uploads by their SHA-256: three with the same image data and other metadata, and another one."""
    with io.BytesIO() as out:
        picture(3).save(out, "JPEG", quality=90)
        plain = out.getvalue()
    with io.BytesIO() as out:
        picture(4).save(out, "JPEG", quality=90)
        other = out.getvalue()
    comment = b"\xff\xfe\x00\x12a comment of ours"[:20]
    described = plain[:2] + b"\xff\xfe" + (2 + 900).to_bytes(2) + b"d" * 900 + plain[2:]
    kept = {}
    for n, data in enumerate((plain, plain[:2] + comment + plain[2:], described, other)):
        Image.open(io.BytesIO(data)).load()
        file = tmp_path / f"{n}.jpg"
        file.write_bytes(data)
        kept[gate.submit(file, Context(case=str(n))).occurrence.sha256] = data
    return kept


def all_read_back(gate, held):
    for sha256, data in held.items():
        with gate.vault.open(sha256) as file:
            assert file.read() == data
        with gate.vault.content(sha256).open() as file:
            assert file.read() == data


def outcomes(done):
    return [one.outcome for one in done]


def test_pictures_of_one_image_data_are_packed_and_unpacked(gate, held):
    todo = list(pairs(gate.catalog, gate.vault))
    assert len(todo) == 2
    before = sum(kept.size for kept in gate.vault)
    assert outcomes(pack(gate.catalog, gate.vault, todo, dry_run=True)) == [Outcome.WOULD_BE] * 2
    assert packed(gate.vault) == []
    assert outcomes(pack(gate.catalog, gate.vault, todo)) == [Outcome.PACKED] * 2
    assert len(packed(gate.vault)) == 2
    assert sum(kept.size for kept in gate.vault) < before * 0.6
    all_read_back(gate, held)
    found = survey(gate.catalog, gate.vault)
    assert (found.contents, found.packed, found.missing, found.broken) == (4, 2, (), ())
    assert list(unsound(gate.vault)) == []
    assert list(pairs(gate.catalog, gate.vault)) == []
    assert outcomes(unpack(gate.catalog, gate.vault, packed(gate.vault))) == [Outcome.UNPACKED] * 2
    assert packed(gate.vault) == []
    assert sum(kept.size for kept in gate.vault) == before
    all_read_back(gate, held)
    with gate.catalog.read() as connection:
        kinds = [dict(one.columns)["eventDetail"] for one in events.entries(connection)]
    assert (kinds.count("content.packed"), kinds.count("content.unpacked")) == (2, 2)


def test_a_packed_upload_is_linked_and_compared_as_before(gate, held, tmp_path):
    list(pack(gate.catalog, gate.vault, pairs(gate.catalog, gate.vault)))
    sha256 = packed(gate.vault)[0]
    again = tmp_path / "again.jpg"
    again.write_bytes(held[sha256])
    reply = gate.submit(again, Context(case="again"))
    assert {str(match.relation) for match in reply.matches} == {"same-bytes", "same-data"}
    assert not gate.vault.is_whole(sha256)


@pytest.mark.parametrize("step", ["add_recipe", "recipe", "drop_whole", "after"])
def test_stopped_anywhere_nothing_is_lost(gate, held, monkeypatch, step):
    class StoppedError(Exception):
        pass

    def stop(*_):
        raise StoppedError

    def after(sha256):
        drop(sha256)
        raise StoppedError

    drop = gate.vault.drop_whole
    with monkeypatch.context() as stopped:
        if step == "after":
            stopped.setattr(gate.vault, "drop_whole", after)
        else:
            stopped.setattr(gate.vault, step, stop)
        with pytest.raises(StoppedError):
            list(pack(gate.catalog, gate.vault, pairs(gate.catalog, gate.vault)))
    all_read_back(gate, held)
    list(remove(gate.catalog, gate.vault, list(gate.vault), grace=0))
    found = survey(gate.catalog, gate.vault)
    assert (found.contents, found.missing, found.broken, found.orphans) == (4, (), (), ())
    list(pack(gate.catalog, gate.vault, pairs(gate.catalog, gate.vault)))
    assert len(packed(gate.vault)) == 2
    all_read_back(gate, held)


def test_a_base_that_no_upload_names_any_more_stays(gate, held):
    (first, *_) = todo = list(pairs(gate.catalog, gate.vault))
    list(pack(gate.catalog, gate.vault, todo))
    with gate.catalog.write() as connection:
        named = schema.occurrence.c.content == first.base
        connection.execute(schema.occurrence.update().where(named).values(content=None))
    found = survey(gate.catalog, gate.vault)
    assert found.orphans == ()
    assert list(remove(gate.catalog, gate.vault, list(gate.vault), grace=0)) == []
    all_read_back(gate, held)


def test_a_damaged_base_is_told_and_nothing_is_packed(gate, held):
    if not isinstance(gate.vault, LocalVault):
        pytest.skip("a store's objects are not damaged by hand")
    todo = list(pairs(gate.catalog, gate.vault))
    path = gate.vault.content(todo[0].base).path
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    list(pack(gate.catalog, gate.vault, todo[:1]))
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert outcomes(pack(gate.catalog, gate.vault, todo[1:])) == [Outcome.UNREADABLE]
    assert gate.vault.is_whole(todo[1].sha256)
    assert list(unsound(gate.vault)) == [todo[0].sha256]
    path.unlink()
    found = survey(gate.catalog, gate.vault)
    assert (found.broken, found.missing) == ((todo[0].sha256,), (todo[0].base,))
