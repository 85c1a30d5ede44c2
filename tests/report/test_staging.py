import contextlib
import resource

import pytest

from onecopy.errors import EnvironmentProblem
from onecopy.report import write


def write_to(folder, archive):
    return write(archive.findings(), folder, price_per_tb_year=276, preview=lambda locator, side: None)


@contextlib.contextmanager
def room_for(size):
    """No file may grow beyond ``size`` bytes: the nearest thing to a full disk that needs no privileges."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_the_folder_is_made_and_all_files_are_named(archive, tmp_path):
    paths = write_to(tmp_path / "new" / "folder", archive)
    assert {path.name for path in paths} == {
        "findings.json",
        "relations.csv",
        "images.csv",
        "relations.parquet",
        "images.parquet",
        "report.html",
    }
    assert sorted(tmp_path.glob("new/folder/*")) == sorted(paths)
    assert not list(tmp_path.glob("new/folder/.*"))


def test_a_full_disk_leaves_the_former_report_as_it_was(archive, new_archive, tmp_path):
    write_to(tmp_path, new_archive())
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with room_for(8_000), pytest.raises(EnvironmentProblem, match="no room left"):
        write_to(tmp_path, archive)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_an_unwritable_place_is_one_clear_sentence(archive, tmp_path):
    in_the_way = tmp_path / "report"
    in_the_way.write_text("a file")
    with pytest.raises(EnvironmentProblem, match=r"cannot be written to .*report.*another folder"):
        write_to(in_the_way, archive)
    with pytest.raises(EnvironmentProblem):
        write_to(in_the_way / "below", archive)


def test_a_folder_in_the_place_of_a_file_is_said(archive, tmp_path):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        write_to(tmp_path, archive)
    assert not list(tmp_path.glob(".*.tmp"))
