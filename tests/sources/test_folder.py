import os
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from onecopy.errors import EnvironmentProblem, UnreadableError
from onecopy.locator import unquote
from onecopy.sources.choose import sources
from onecopy.sources.folder import Folder
from onecopy.sources.interface import File, Left


def fill(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode("utf-8", "surrogateescape"))


def listed(folder: Folder) -> tuple[list[str], dict[str, str]]:
    found = list(folder.list())
    files = [one.locator for one in found if isinstance(one, File)]
    return files, {one.locator: one.reason for one in found if isinstance(one, Left)}


def test_locators_join_what_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, ["photos/a.jpg", "photos/deep/er/b.jpg", "photos/A.jpg"])
    monkeypatch.chdir(tmp_path)
    inside = ["A.jpg", "a.jpg", "deep/er/b.jpg"]
    for given in ("photos", "photos/", "./photos", str(tmp_path / "photos")):
        found = [one for one in Folder(given).list() if isinstance(one, File)]
        assert [one.locator for one in found] == [f"{given.rstrip('/')}/{name}" for name in inside]
        assert [one.absolute for one in found] == [f"{tmp_path}/photos/{name}" for name in inside]
        assert [one.name for one in found] == ["A.jpg", "a.jpg", "b.jpg"]


def test_a_single_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, ["a.jpg"])
    monkeypatch.chdir(tmp_path)
    (one,) = Folder("a.jpg").list()
    assert isinstance(one, File)
    assert (one.locator, one.absolute, one.state.size) == ("a.jpg", f"{tmp_path}/a.jpg", 5)


def test_names_of_any_bytes_survive(tmp_path: Path) -> None:
    names = [
        "a b",
        "new\nline",
        "50%#1!.jpg",
        os.fsdecode(b"caf\xe9.jpg"),
        "é" * 100,
        "x" * 255,
        "-rf",
        "\u2028",
        "\u202egpj.exe",
        "\u2066a",
    ]
    fill(tmp_path, names)
    folder = Folder(tmp_path)
    found = [one for one in folder.list() if isinstance(one, File)]
    assert {unquote(one.locator) for one in found} == {f"{tmp_path}/{name}" for name in names}
    for one in found:
        assert one.locator.isprintable()
        with folder.open(one.absolute, one.state).open() as file:
            assert os.fsdecode(file.read()) == unquote(one.name)


def test_links_and_special_files_are_left_out_and_said(tmp_path: Path) -> None:
    fill(tmp_path, ["a.jpg", "folder/b.jpg"])
    (tmp_path / "to file").symlink_to("a.jpg")
    (tmp_path / "folder" / "up").symlink_to("..")
    (tmp_path / "broken").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        files, left = listed(Folder(tmp_path))
    assert files == [f"{tmp_path}/a.jpg", f"{tmp_path}/folder/b.jpg"]
    link = "symbolic link, not followed"
    assert {Path(name).name: reason for name, reason in left.items()} == {
        "to file": link, "up": link, "broken": link, "pipe": "named pipe", "s": "socket",
    }  # fmt: skip


def test_a_link_that_was_named_is_followed(tmp_path: Path) -> None:
    fill(tmp_path, ["real/a.jpg"])
    (tmp_path / "link").symlink_to("real")
    (one,) = Folder(tmp_path / "link").list()
    assert (one.locator, one.absolute) == (f"{tmp_path}/link/a.jpg", f"{tmp_path}/real/a.jpg")


def test_a_folder_that_contains_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, ["a/b/c.jpg"])
    real = os.lstat
    # As a bind mount would make it: the inner folder is the outer one.
    monkeypatch.setattr(os, "lstat", lambda path: real(str(path).replace("/a/b", "/a")))
    files, left = listed(Folder(tmp_path))
    assert files == []
    assert left == {f"{tmp_path}/a/b": "a folder it lies in, once more"}


def test_hard_links_are_told_by_their_state(tmp_path: Path) -> None:
    fill(tmp_path, ["a.jpg"])
    (tmp_path / "b.jpg").hardlink_to(tmp_path / "a.jpg")
    a, b = (one for one in Folder(tmp_path).list() if isinstance(one, File))
    assert a.state == b.state
    assert a.links == b.links == 2


def test_exclude(tmp_path: Path) -> None:
    fill(tmp_path, ["a.tmp", "keep/a.jpg", "keep/b.tmp", ".git/x", "2019/drafts/a.jpg", "2019/final/a.jpg"])
    files, left = listed(Folder(tmp_path, ["*.tmp", ".git/", "2019/drafts"]))
    assert files == [f"{tmp_path}/2019/final/a.jpg", f"{tmp_path}/keep/a.jpg"]
    assert left == {
        f"{tmp_path}/a.tmp": "excluded by *.tmp",
        f"{tmp_path}/keep/b.tmp": "excluded by *.tmp",
        f"{tmp_path}/.git": "excluded by .git",
        f"{tmp_path}/2019/drafts": "excluded by 2019/drafts",
    }


def test_its_own_files_are_passed_by(tmp_path: Path) -> None:
    fill(tmp_path, ["a.jpg", "out/report.html"])
    files, left = listed(Folder(tmp_path, ignore=[str(tmp_path / "out")]))
    assert files == [f"{tmp_path}/a.jpg"]
    assert left == {f"{tmp_path}/out": "written by onecopy itself"}


def test_what_cannot_be_listed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, ["a.jpg", "closed/b.jpg", "z.jpg"])
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = list(Folder(tmp_path).list())
    assert [Path(one.locator).name for one in found] == ["a.jpg", "closed", "z.jpg"]
    assert isinstance(found[1], Left)
    assert (found[1].code, found[1].reason) == (
        "no-access", "Permission denied. Check its permissions and scan again.",
    )  # fmt: skip


def test_a_missing_source(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="No such file or directory"):
        Folder(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EnvironmentProblem, match="neither a folder nor a file"):
        Folder(tmp_path / "pipe")


def test_a_path_that_is_too_long_to_open_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(4096 // 200 + 1):
        os.mkdir("d" * 200)  # noqa: PTH102 - one step at a time: no path reaches down there
        os.chdir("d" * 200)
    (left,) = Folder(tmp_path).list()
    assert isinstance(left, Left)
    assert left.code == "no-access"
    assert "too long" in left.reason
    assert "permissions" not in left.reason


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800"])
def test_names_that_no_file_has(name: str) -> None:
    with pytest.raises(EnvironmentProblem, match="The source"):
        Folder(name)


def test_opening_what_changed(tmp_path: Path) -> None:
    fill(tmp_path, ["a.jpg"])
    folder = Folder(tmp_path)
    (one,) = folder.list()
    assert isinstance(one, File)
    (tmp_path / "a.jpg").write_bytes(b"other bytes")
    for change in (lambda: None, (tmp_path / "a.jpg").unlink, lambda: os.mkfifo(tmp_path / "a.jpg")):
        change()
        with pytest.raises(UnreadableError) as caught:
            folder.open(one.absolute, one.state).open()
        assert caught.value.code == "vanished"


def test_sources_inside_one_another_are_taken_once(tmp_path: Path) -> None:
    fill(tmp_path, ["a/b/c.jpg", "a-b/d.jpg"])
    named = [
        tmp_path / "a/b/c.jpg",
        tmp_path / "a-b",
        tmp_path / "a/b",
        tmp_path / "a",
        tmp_path / "a-b/../a",
    ]
    assert [one.locator for one in sources(named)] == [f"{tmp_path}/a-b", f"{tmp_path}/a"]
