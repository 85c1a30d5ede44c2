"""Opening files with care."""

import os
import pickle
import socket
from pathlib import Path

import pytest

from onecopy.errors import UnreadableError
from onecopy.sandbox import BytesFile, PathFile


def code(path: bytes | str) -> str:
    with pytest.raises(UnreadableError) as caught:
        PathFile(path).open()
    return caught.value.code


def test_a_file_by_any_name(tmp_path: Path) -> None:
    for name in [b"a b\n.jpg", b"\xff\xfe.jpg", b"x" * 255]:
        path = os.fsencode(tmp_path) + b"/" + name
        Path(os.fsdecode(path)).write_bytes(name)
        for given in (path, os.fsdecode(path)):
            with PathFile(given).open() as file:
                assert file.read() == name
                assert not os.get_inheritable(file.fileno())


def test_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert code(str(tmp_path / "missing")) == "vanished"
    assert code(str(tmp_path / "file" / "below")) == "vanished"


def test_what_is_not_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "target").touch()
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for name in ("pipe", "link", "loop", "socket", "."):
            assert code(str(tmp_path / name)) == "not-a-file"
    assert code("/dev/null") == "not-a-file"


def test_what_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "secret").touch(mode=0)
    if os.access(tmp_path / "secret", os.R_OK):
        pytest.skip("root may read everything")
    assert code(str(tmp_path / "secret")) == "no-access"


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    assert code(str(tmp_path / ("x" * 256))) == "no-access"


def test_bytes_in_memory_are_sealed() -> None:
    with BytesFile(b"some bytes").open() as file:
        assert file.read() == b"some bytes"
        with pytest.raises(PermissionError):
            os.pwrite(file.fileno(), b"other", 0)
        with pytest.raises(PermissionError):
            os.ftruncate(file.fileno(), 0)


def test_both_can_be_pickled_and_keep_their_bytes_out_of_messages() -> None:
    assert pickle.loads(pickle.dumps(PathFile(b"a"))) == PathFile(b"a")
    assert pickle.loads(pickle.dumps(BytesFile(b"a"))) == BytesFile(b"a")
    assert "secret" not in repr(BytesFile(b"secret"))
