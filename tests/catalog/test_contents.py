"""Contents that come first, and contents that were known: who adds one must know which it was."""

from onecopy.catalog import arrivals, contents
from onecopy.catalog.contents import Identified
from onecopy.catalog.store import Catalog
from onecopy.model import ContainerFound, FileIdentity, Problem

ONE, OTHER = "1" * 64, "2" * 64
FOUND = FileIdentity(
    containers=(ContainerFound(inner="", format="ZIP", images=0),),
    problems=(Problem(inner="a.jpg", code="corrupt", message="It cannot be read."),),
)


def test_whether_a_content_is_new_is_said_once(catalog: Catalog) -> None:
    with catalog.write() as connection:
        assert [contents.add(connection, ONE, 7) for _ in range(2)] == [True, False]
    with catalog.write() as connection:
        assert not contents.add(connection, ONE, 7)


def test_what_was_found_comes_with_a_new_content_alone(catalog: Catalog) -> None:
    one = Identified(sha256=ONE, size=7, identity=FOUND)
    with catalog.write() as connection:
        contents.add(connection, OTHER, 7)
        told = [
            contents.add_identified(connection, each, version=3, extras="heic")
            for each in (one, one, Identified(sha256=OTHER, size=7, identity=FOUND))
        ]
        assert told == [True, False, False]
        assert contents.identity(connection, ONE) == FOUND
        assert contents.identity(connection, OTHER) is None
        assert contents.known(connection, [ONE, OTHER], version=3, extras="heic") == {ONE}
        assert contents.known(connection, [ONE], version=3) == {ONE}, "it wants no extra"
        assert contents.known(connection, [ONE], version=4) == set()


def test_an_arrival_is_logged_once(catalog: Catalog) -> None:
    with catalog.write() as connection:
        for digest in (ONE, OTHER, ONE):
            contents.add(connection, digest, 1)
            arrivals.add(connection, "fire", digest)
        arrivals.add(connection, "parks", OTHER)
        arrivals.again(connection, [ONE])
        assert list(arrivals.since(connection, "fire", 0)) == [(1, ONE), (2, OTHER), (3, ONE)]
        assert list(arrivals.since(connection, "parks", 0)) == [(1, OTHER)]
