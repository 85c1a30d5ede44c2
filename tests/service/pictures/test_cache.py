import os
import stat

from onecopy.service.pictures.cache import Cache


def test_what_was_put_is_given_back_and_nothing_else(tmp_path):
    cache = Cache(tmp_path / "pictures", 10_000)
    assert cache.get("a") is None
    cache.put("a", b"one")
    assert cache.get("a") == b"one"
    assert [path.name for path in (tmp_path / "pictures").iterdir()] == ["a"]
    assert stat.S_IMODE((tmp_path / "pictures").stat().st_mode) == 0o700


def test_it_stays_in_bounds_and_drops_what_was_asked_for_longest_ago(tmp_path):
    cache = Cache(tmp_path, 10_000)
    for number in range(100):
        cache.put(str(number), bytes(1000))
        os.utime(tmp_path / str(number), (number, number))
        assert cache.get("0") is not None
        os.utime(tmp_path / "0", (1000, 1000))
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 11_000
    assert cache.get("99") is not None
    assert cache.get("50") is None


def test_what_earlier_runs_left_counts(tmp_path):
    for number in range(20):
        (tmp_path / str(number)).write_bytes(bytes(1000))
    Cache(tmp_path, 10_000).put("new", b"1")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 10_000


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file" / "pictures", 10_000)
    cache.put("a", b"one")
    assert cache.get("a") is None
