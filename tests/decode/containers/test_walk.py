import pytest
from pikepdf import Name

from onecopy.decode.containers.interface import LARGE
from onecopy.decode.walk import LISTED_MEMBERS, find
from onecopy.errors import UnreadableError
from onecopy.model import ContainerFound, Limits


def test_an_image_is_one_picture_with_no_place_inside(walked, jpeg):
    found = walked(jpeg())
    assert [(p.inner, p.header.format) for p in found.pictures] == [("", "jpeg")]
    assert len(found.all) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b"just words, no picture", "not-an-image"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "unsupported-format"),
        (b"Rar!\x1a\x07\x00" + bytes(50), "unsupported-format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unsupported-format"),
        (b"%PDF-1.7 and nothing else", "truncated"),
        (b"PK\x03\x04 cut off", "truncated"),
        (bytes(2048), "not-an-image"),
    ],
)
def test_other_files_are_one_problem_that_says_what_to_do(walked, data, code):
    found = walked(data)
    assert [(p.inner, p.code) for p in found.problems] == [("", code)]
    assert len(found.all) == 1
    assert found.problems[0].message.endswith((".", "?"))


def test_a_container_follows_its_content_and_counts_nested_images(walked, zipped, jpeg, png):
    inner = zipped(("b.png", png(2)))
    found = walked(zipped(("a.jpg", jpeg(1)), ("in.zip", inner), ("c.png", png(3))))
    assert found.inners == ["!/a.jpg", "!/in.zip!/b.png", "!/c.png"]
    assert found.containers == [
        ContainerFound(inner="!/in.zip", format="zip", images=1),
        ContainerFound(inner="", format="zip", images=3),
    ]
    assert found.all[-1] == found.containers[-1]


def test_nesting_stops_at_the_limit_and_neighbours_live(walked, zipped, png):
    data = png()
    for level in range(6):
        data = zipped((f"{level}.zip", data), ("beside.png", png(level + 10)))
    found = walked(data, nesting=4)
    assert found.codes == {"!/5.zip!/4.zip!/3.zip!/2.zip": "nested-too-deep"}
    assert len(found.pictures) == 4
    assert walked(data, nesting=6).problems == []


def test_too_many_images_are_a_problem_once_and_what_was_found_stays(walked, zipped, png):
    data = zipped(*((f"{n}.png", png(n)) for n in range(6)))
    found = walked(data, images=4)
    assert len(found.pictures) == 4
    assert found.codes == {"!/4.png": "too-many-images"}
    assert found.containers == [ContainerFound(inner="", format="zip", images=4)]
    assert walked(data, images=6).problems == []


def test_members_that_are_no_images_are_listed_and_beyond_a_number_counted(walked, zipped):
    found = walked(zipped(*((f"{n}.txt", b"words") for n in range(LISTED_MEMBERS + 7))))
    assert len(found.skipped) == LISTED_MEMBERS + 1
    assert found.skipped[0].inner == "!/0.txt"
    assert found.skipped[-1].reason == "7 further parts that are not images"


@pytest.mark.parametrize("length", [5, LARGE], ids=["small", "large"])
def test_a_member_that_is_not_what_its_name_says_is_a_problem(walked, zipped, png, length):
    found = walked(
        zipped(("a.JPG", b"words" * length), ("b.png", b""), ("c.pdf", b"words"), ("d.png", png()))
    )
    assert found.codes == {"!/a.JPG": "not-an-image", "!/b.png": "empty-file", "!/c.pdf": "not-an-image"}
    assert [one.inner for one in found.pictures] == ["!/d.png"]
    assert not found.skipped


def test_the_same_file_is_walked_the_same_way_twice(walked, zipped, jpeg, maker, photo):
    maker.page(a=maker.pixels(photo(1)), b=maker.pixels(photo(2)))
    data = zipped(("x.pdf", maker.bytes()), ("a.jpg", jpeg()), ("t.txt", b"x"))
    first, second = walked(data), walked(data)
    assert [(p.inner, bytes(p.stored), p.context) for p in first.pictures] == [
        (p.inner, bytes(p.stored), p.context) for p in second.pictures
    ]
    assert first.skipped + first.containers == second.skipped + second.containers


def test_find_gives_what_the_walk_gave(walked, zipped, jpeg, png, maker, photo):
    maker.page(a=maker.pixels(photo(1)), b=maker.pixels(photo(2)))
    maker.page(c=maker.pixels(photo(3)))
    data = zipped(
        ("x.pdf", maker.bytes()),
        ("d/a.jpg", jpeg()),
        ("d/a.jpg", jpeg(7)),
        ("n.zip", zipped(("b.png", png()))),
    )
    found = walked(data)
    assert len(found.pictures) == 6
    for picture in found.pictures:
        again = find(data, picture.inner, Limits())
        assert (again.inner, bytes(again.stored), again.context) == (
            picture.inner,
            bytes(picture.stored),
            picture.context,
        )
        assert (again.raster().pixels == picture.raster().pixels).all()


@pytest.mark.parametrize(
    "inner", ["!/none.png", "!/a.jpg#page=1", "!/a.jpg!/b", "#page=1", "!/x.pdf#page=9&image=1"]
)
def test_find_says_what_has_vanished(zipped, jpeg, maker, photo, inner):
    maker.page(a=maker.pixels(photo(1)))
    data = zipped(("a.jpg", jpeg()), ("x.pdf", maker.bytes()))
    with pytest.raises(UnreadableError) as error:
        find(data, inner, Limits())
    assert error.value.code == "vanished"


def test_find_raises_the_problem_of_the_one_it_looks_for(zipped, maker):
    maker.page(a=maker.image(b"short", 100, 100, Name.DeviceGray))
    with pytest.raises(UnreadableError) as error:
        find(zipped(("x.pdf", maker.bytes())), "!/x.pdf#page=1&image=1", Limits()).raster()
    assert error.value.code == "truncated"
