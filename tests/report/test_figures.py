import pytest

from onecopy.report.figures import OTHER_FOLDERS, figures, folder_of


def test_totals_are_worked_out_of_linkable_relations_alone(archive):
    found = figures(archive.findings(), 276.0)
    assert found.redundant.images == 6
    assert found.settled == pytest.approx(6 / 39)
    assert found.redundant.bytes == 6_960_224 + 3_470_920 + 1_601_521
    # Copies inside the PDF and the ZIP give nothing back.
    assert found.redundant.reclaimable_bytes == 3_480_112 + 3_470_920 + 402_113
    assert found.redundant_cost == pytest.approx(found.redundant.bytes / 1e12 * 276)
    assert (found.unclear, found.told_apart) == (1, 18)


def test_nothing_at_all_divides_by_nothing(new_archive):
    found = figures(new_archive().findings(), 276.0)
    assert (found.settled, found.redundant.images, found.folders) == (0.0, 0, ())


def test_one_source_is_counted_by_its_folders(archive):
    found = figures(archive.findings(), 276.0).folders
    assert [row.label for row in found] == [f"archive/BP-2026-04{n}" for n in (17, 18, 19)]
    assert [row.redundant for row in found] == [6, 0, 0]
    assert sum(row.images for row in found) == 39


@pytest.mark.parametrize(
    ("sources", "place", "label"),
    [
        (("a",), "a/b/c.jpg", "a/b"),
        (("a/",), "a/b/c.jpg", "a/b"),
        (("a",), "a/c.jpg", "a"),
        (("a.pdf",), "a.pdf#page=1", "a.pdf"),
        (("a",), "a/x.zip!/deep/y.png", "a"),
        (("/",), "/home/x.jpg", "/home"),
        (("a", "ab"), "ab/c.jpg", "ab"),
        (("a", "a/b"), "a/b/c.jpg", "a/b"),
        (("odd#name",), "odd%23name/x/y.jpg", "odd%23name/x"),
        (("./a",), "elsewhere/c.jpg", "elsewhere"),
        ((".",), "./x/c.jpg", "./x"),
    ],
)
def test_labels(new_archive, sources, place, label):
    it = new_archive(sources=sources)
    it.image(place)
    assert folder_of(it.findings())(place) == label


def test_many_folders_are_put_together(new_archive):
    it = new_archive()
    for n in range(40):
        it.image(f"archive/f{n:02}/a.jpg")
        it.image(f"archive/f{n % 12:02}/b{n}.jpg")
    found = figures(it.findings(), 1.0).folders
    assert len(found) == 13
    assert (found[-1].label, found[-1].images) == (OTHER_FOLDERS, 28)
    assert sum(row.images for row in found) == 80
