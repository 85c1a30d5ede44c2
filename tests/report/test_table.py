import csv

import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from onecopy.report import table, write


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def no_preview(locator, side):
    return None


def test_images_say_what_is_kept_in_their_stead(archive, tmp_path):
    findings = archive.findings()
    write(findings, tmp_path, price_per_tb_year=276, preview=no_preview)
    rows = read(tmp_path / "images.csv")
    assert [row["locator"] for row in rows] == [image.locator for image in findings.images]
    assert list(rows[0]) == list(table.IMAGE_COLUMNS)
    front, first_copy = rows[0], rows[1]
    assert (front["kept"], front["relation"]) == (front["locator"], "")
    assert (first_copy["kept"], first_copy["relation"]) == (front["locator"], "same-bytes")
    assert rows[-1]["kept"] == ""


def test_relations_are_all_there(archive, tmp_path):
    findings = archive.findings()
    write(findings, tmp_path, price_per_tb_year=276, preview=no_preview)
    rows = read(tmp_path / "relations.csv")
    assert [(row["a"], row["b"], row["relation"]) for row in rows] == [
        (found.a, found.b, found.relation.value) for found in findings.relations
    ]
    edited = next(row for row in rows if row["relation"] == "edited")
    assert (edited["regions"], edited["original"], edited["mirrored"]) == ("1", "a", "false")


def test_names_that_are_formulas_or_hold_separators_survive(new_archive, tmp_path):
    names = [
        '=HYPERLINK("http://x")',
        "+1",
        "-2.jpg",
        "@SUM(A1)",
        "'quoted.jpg",
        'a,"b";c.jpg',
        "plain.jpg",
        "＝x",
    ]
    it = new_archive()
    for name in names:
        it.image(name)
    write(it.findings(), tmp_path, price_per_tb_year=276, preview=no_preview)
    cells = [row["locator"] for row in read(tmp_path / "images.csv")]
    assert all(not cell.startswith(("=", "+", "-", "@", "＝")) for cell in cells)
    assert [cell.removeprefix("'") for cell in cells] == names


@given(st.text())
def test_the_guard_can_be_taken_off_again(text):
    guarded = table.guard(text)
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert (guarded[1:] if guarded.startswith("'") else guarded) == text


def test_parquet_holds_the_same_without_the_guard(new_archive, tmp_path):
    it = new_archive()
    a, b = it.image("=a.jpg"), it.image("b.jpg")
    it.group(a, (), (b, "same-image", 0.995, ("odd \udcff",)))
    write(it.findings(), tmp_path, price_per_tb_year=276, preview=no_preview)
    images = pq.read_table(tmp_path / "images.parquet").to_pylist()
    assert [row["locator"] for row in images] == ["=a.jpg", "b.jpg"]
    assert images[1]["confidence"] == 0.995
    (relation,) = pq.read_table(tmp_path / "relations.parquet").to_pylist()
    assert (relation["mirrored"], relation["overlap_a"], relation["words"]) == (False, None, "odd \\udcff")


def test_empty_tables_have_their_columns(new_archive, tmp_path):
    write(new_archive().findings(), tmp_path, price_per_tb_year=276, preview=no_preview)
    assert (tmp_path / "images.csv").read_text().strip() == ",".join(table.IMAGE_COLUMNS)
    assert pq.read_table(tmp_path / "relations.parquet").column_names == list(table.RELATION_COLUMNS)
