"""What a scan says of real pictures: relations, groups, figures, and that nothing else moves them."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from onecopy.model import Relation
from onecopy.pipelines.scan import expand
from onecopy.pipelines.scan.run import Scan
from onecopy.pipelines.scan.verify import Verifier


@pytest.fixture
def photo():
    """A real photograph that a package ships."""
    skimage = pytest.importorskip("skimage.data")
    return lambda name: Image.fromarray(getattr(skimage, name)())


@pytest.fixture
def tree(tmp_path, photo, monkeypatch):
    """Copies of one photograph in many guises, another one, a crop; the sources are ``tree/…``."""
    folder = tmp_path / "tree"
    (folder / "sub").mkdir(parents=True)
    cat = photo("chelsea")
    cat.save(folder / "cat.png")
    cat.save(folder / "cat.jpg", quality=92)
    cat.resize((300, 200)).save(folder / "small.jpg", quality=80)
    cat.crop((60, 30, 400, 280)).save(folder / "crop.jpg", quality=90)
    shutil.copy(folder / "cat.jpg", folder / "sub" / "again.jpg")
    with zipfile.ZipFile(folder / "pack.zip", "w") as pack:
        pack.write(folder / "cat.jpg", "inside.jpg")
    tagged = Image.open(folder / "cat.png")
    tagged.save(folder / "tagged.png", dpi=(72, 72))
    photo("coffee").save(folder / "coffee.jpg", quality=90)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def scan(tmp_path, engine):
    def scan(*named, catalog="catalog.db", **how):
        with Scan(named or ["tree"], catalog=tmp_path / catalog, engine=engine, **how) as one:
            return one.run().findings

    return scan


def relations(found):
    return {frozenset((one.a, one.b)): one for one in found.relations}


def test_the_copies_of_a_photograph(tree, scan):
    found = scan()
    (group,) = found.groups
    linked = {member.locator: member.relation for member in group.members} | {group.keep: None}
    assert set(linked) == {
        "tree/cat.png", "tree/tagged.png", "tree/cat.jpg", "tree/sub/again.jpg", "tree/pack.zip!/inside.jpg",
        "tree/small.jpg",
    }  # fmt: skip
    assert group.keep in ("tree/cat.png", "tree/tagged.png")
    assert group.reasons
    by_pair = relations(found)
    copies = by_pair[frozenset(("tree/cat.jpg", "tree/sub/again.jpg"))]
    assert (copies.relation, copies.confidence) == (Relation.SAME_BYTES, 1.0)
    assert by_pair[frozenset(("tree/cat.png", "tree/tagged.png"))].relation is Relation.SAME_DATA
    packed = by_pair[frozenset(("tree/cat.jpg", "tree/pack.zip!/inside.jpg"))]
    assert packed.relation is Relation.SAME_BYTES
    edited = {pair for pair, one in by_pair.items() if one.relation is Relation.EDITED}
    assert edited
    assert all("tree/crop.jpg" in pair for pair in edited)
    assert not any("tree/coffee.jpg" in pair for pair in by_pair)


def test_the_figures_add_up(tree, scan):
    found = scan()
    totals = found.totals
    assert (totals.files, totals.images, totals.unreadable) == (8, 8, 0)
    assert totals.bytes == sum(path.stat().st_size for path in tree.rglob("*") if path.is_file())
    (group,) = found.groups
    assert sum(one.images for one in totals.redundant.values()) == len(group.members)
    # The copy in the subfolder can be given back; the one in the archive cannot, and counts all the same.
    same = totals.redundant[Relation.SAME_BYTES]
    size = (tree / "cat.jpg").stat().st_size
    assert (same.images, same.bytes, same.reclaimable_bytes) == (2, 2 * size, size)
    assert sum(one.reclaimable_bytes for one in totals.redundant.values()) == size
    listed = dict.fromkeys(totals.by_relation, 0)
    for one in found.relations:
        listed[one.relation] += 1
    uncounted = {Relation.DISTINCT, Relation.SAME_FORM}
    assert {k: v for k, v in listed.items() if k not in uncounted} == {
        k: v for k, v in totals.by_relation.items() if k not in uncounted
    }


def test_order_and_workers_change_nothing(tree, scan, tmp_path, engine):
    found = scan()
    sizes = iter([1, 1000])

    def small_rounds(self, pairs):
        together = next(sizes, 1)
        return [tuple(pairs[n : n + together]) for n in range(0, len(pairs), together)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Verifier, "_stars", small_rounds)
        assert scan(catalog="other.db") == found
    # A catalog that met the files one by one, last first, numbers everything the other way round.
    for path in sorted(tree.rglob("*.*"), reverse=True):
        scan(str(path.relative_to(tmp_path)), catalog="third.db")
    assert scan(catalog="third.db") == found


def test_verdicts_are_not_made_twice(tree, scan, engine, photo):
    scan()
    before = dict(engine.calls)
    photo("rocket").save(tree / "rocket.jpg")
    scan()
    assert engine.calls["identify"] == before["identify"] + 1
    assert engine.calls["verify"] == before["verify"]


def test_images_in_containers_have_places_of_their_own(tree, scan):
    shutil.copy(tree / "pack.zip", tree / "sub" / "pack.zip")
    found = scan("tree/pack.zip", "tree/sub/pack.zip")
    assert [one.locator for one in found.containers] == ["tree/pack.zip", "tree/sub/pack.zip"]
    (group,) = found.groups
    assert group.keep == "tree/pack.zip!/inside.jpg"
    same = found.totals.redundant[Relation.SAME_BYTES]
    assert (same.images, same.reclaimable_bytes) == (1, 0)


def test_pairs_of_many_copies_are_bounded(tree, scan, monkeypatch):
    monkeypatch.setattr(expand, "MOST_PAIRS", 5)
    for n in range(10):
        shutil.copy(tree / "coffee.jpg", tree / f"coffee {n}.jpg")
    found = scan(*(str(path) for path in tree.glob("coffee*")))
    assert len(found.relations) == found.totals.by_relation[Relation.SAME_BYTES] == 5
    (group,) = found.groups
    assert len(group.members) == 10


def test_a_pair_that_cannot_be_compared_is_said_and_tried_again(tree, scan, monkeypatch, engine):
    files = ["tree/cat.png", "tree/small.jpg"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onecopy.pipelines.scan.verify._TOGETHER", 1)
        patch.setattr("onecopy.pipelines.scan.verify._fault", _failed)
        (unclear,) = scan(*files).relations
    assert (unclear.relation, unclear.confidence) == (Relation.UNCLEAR, 0.0)
    assert unclear.evidence.method == "unfinished"
    (again,) = scan(*files).relations
    assert again.relation is Relation.SAME_IMAGE


def _failed(*_):
    from onecopy.sandbox.interface import Failure

    return Failure(code="decode-timeout", message="It took too long.")


def test_previews_are_made_once(tree, tmp_path, engine):
    for made in (2, 2):
        with Scan(["tree"], catalog=tmp_path / "catalog.db", engine=engine) as one:
            one.run()
            for locator in ("tree/cat.jpg", "tree/pack.zip!/inside.jpg"):
                jpeg = one.preview(locator, 64)
                assert max(Image.open(io.BytesIO(jpeg)).size) == 64
            assert one.preview("tree/nothing.jpg", 64) is None
            one.preview.keep()
        assert engine.calls["preview"] == made


def test_paths_that_contain_locator_signs(tree, scan):
    odd = tree / "a!b#c"
    odd.mkdir()
    shutil.copy(tree / "cat.jpg", odd / "x.jpg")
    found = scan(str(Path("tree/a!b#c")))
    assert [one.locator for one in found.images] == ["tree/a%21b%23c/x.jpg"]


def test_verdicts_outlive_an_interruption(tree, scan, engine):
    made = []

    class Interrupting:
        workers = 1

        def run(self, task, calls):
            for outcome in engine.run(task, calls):
                if task.function.endswith(":verify"):
                    made.append(outcome)
                    if len(made) == 3:
                        raise KeyboardInterrupt
                yield outcome

    with pytest.raises(KeyboardInterrupt), Scan(["tree"], catalog="catalog.db", engine=Interrupting()) as one:
        one.run()
    cut_short = engine.calls["verify"]
    found = scan()
    with Scan(["tree"], catalog="fresh.db", engine=engine) as fresh:
        before = engine.calls["verify"]
        assert fresh.run().findings == found
    assert before - cut_short <= engine.calls["verify"] - before - 2
