import base64
import hashlib
import itertools
import re
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from onecopy.findings import Remark, Unreadable
from onecopy.model import Region
from onecopy.report import write


class Page(HTMLParser):
    """Collects tags, text and attributes, and checks that elements nest."""

    VOID = frozenset({"meta", "input", "use", "rect", "circle", "image", "br"})

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.text = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))
        assert len(attrs) == len({name for name, _ in attrs})
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("script", "style"):
            self.text.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())

    def all(self, tag):
        return [attributes for name, attributes in self.attributes if name == tag]


def html_of(archive, folder, **options):
    options = {"price_per_tb_year": 276, "preview": archive.preview, "written_on": date(2026, 3, 1)} | options
    write(archive.findings(), folder, **options)
    return (folder / "report.html").read_text("utf-8")


def test_the_figures_are_told_in_words(archive, tmp_path):
    words = Page(html_of(archive, tmp_path)).words
    assert "39 images in 43 files, 99 MB. March 1, 2026." in words
    assert "6 images are copies of one that is kept." in words
    assert "of images nobody needs to look at again 15%" in words
    assert "redundant 12 MB" in words
    assert "reclaimable 7.4 MB" in words
    assert "Cost at $276 for a terabyte" in words
    assert "give nothing back" in words
    assert "18 further pairs looked alike to a fingerprint and were told apart by their pixels." in words
    assert "A hash proposes, pixels decide." in words


def test_groups_and_pairs_are_told_in_words(archive, tmp_path):
    words = Page(html_of(archive, tmp_path)).words
    assert "the least compressed" in words
    assert "The second is the first, at 40% of the size. First: the one to keep. Second: this one." in words
    assert "submission.pdf, page 3, image 1" in words
    assert "2 places differ a wall stands elsewhere the revision letter" in words
    assert "likelier the original" in words
    assert "Cut off before the end 2 truncated" in words
    assert "The file ends before the picture does. Ask the sender for it again." in words
    assert "excluded by *.db" in words


def test_each_picture_is_made_once_and_shown_from_the_page_itself(archive, tmp_path):
    page = Page(html_of(archive, tmp_path))
    assert archive.asked.total() == len(archive.asked)
    made = {image["id"]: image["href"] for image in page.all("image")}
    assert made
    assert all(href.startswith("data:image/jpeg;base64,/9j/") for href in made.values())
    assert {use["href"][1:] for use in page.all("use")} == set(made)


def test_marks_lie_in_the_pixels_of_each_image(archive, tmp_path):
    page = Page(html_of(archive, tmp_path))
    marks = [rect for rect in page.all("rect") if rect["class"] == "line"]
    assert len(marks) == 2 + 2 + 1 + 2
    assert {"class": "line", "x": "1341", "y": "179", "width": "1788", "height": "1493"} in marks


def test_nothing_is_loaded_and_only_the_pages_own_script_may_run(archive, tmp_path):
    html = html_of(archive, tmp_path)
    page = Page(html)
    (policy,) = (m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (inline,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    links = [
        value for _, found in page.attributes for name, value in found.items() if name in ("href", "src")
    ]
    assert all(link.startswith(("#", "data:image/jpeg;")) for link in links)
    assert not [found for _, found in page.attributes if "style" in found]


def test_headings_landmarks_and_names(archive, tmp_path):
    page = Page(html_of(archive, tmp_path))
    assert page.all("html") == [{"lang": "en"}]
    assert [page.tags.count(tag) for tag in ("h1", "main", "nav", "header", "footer")] == [1] * 5
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = [found["id"] for _, found in page.attributes if "id" in found]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in page.all("a")} <= set(ids)
    assert all(found.get("aria-label") for _, found in page.attributes if found.get("role") == "img")


def test_nothing_found_reads_well(new_archive, tmp_path):
    words = Page(html_of(new_archive(), tmp_path)).words
    assert "No images were found." in words
    assert "There are no copies." in words
    assert "Every file that was met could be read." in words
    assert "nobody needs to look" not in words


def test_nothing_redundant_reads_well(new_archive, tmp_path):
    it = new_archive()
    it.image("archive/a.jpg")
    it.image("archive/b.jpg")
    words = Page(html_of(it, tmp_path)).words
    assert "Nothing is kept twice: each of 2 images is the only one of its kind here." in words
    assert "of images nobody needs to look at again 0% 0 of 2 images" in words


def test_one_of_each_is_in_the_singular(new_archive, tmp_path):
    it = new_archive()
    it.group(it.image("archive/a.jpg"), (), (it.image("archive/b.jpg"), "same-bytes", 1.0, ()))
    it.unreadable.append(Unreadable(locator="archive/c.jpg", code="odd", message="Odd."))
    words = Page(html_of(it, tmp_path)).words
    assert "1 image is a copy of one that is kept. Nobody needs to look at it again." in words
    assert "1 group. " in words
    assert "1 file or part of a file was not read" in words


def test_groups_with_many_members_name_the_rest(new_archive, tmp_path):
    it = new_archive()
    copies = [(it.image(f"archive/copy {n}.jpg"), "same-bytes", 1.0, ()) for n in range(300)]
    it.group(it.image("archive/a.jpg"), (), *copies)
    words = Page(html_of(it, tmp_path)).words
    assert "288 further copies" in words
    assert "And 188 more, in findings.json." in words


@pytest.mark.slow
def test_five_thousand_groups_stay_within_bounds(large_archive, tmp_path):
    it = large_archive(5_000)
    jpeg = b"\xff\xd8\xff" + bytes(6_000)
    html = html_of(it, tmp_path, preview=lambda locator, side: jpeg)
    assert len(html) < 50_000_000
    assert html.count('id="group-') == 5_000
    assert html.count("<image ") <= 3_000
    assert "have no thumbnail here" in html


def test_places_are_numbered_only_where_there_is_something_to_say_of_them(new_archive, tmp_path):
    it = new_archive()
    a, b, c = (it.image(f"archive/{n}.jpg", draw=lambda: Image.new("RGB", (40, 30))) for n in "abc")
    both = Region(a=(100, 200, 300, 400), b=(100, 200, 300, 400))
    it.relate(a, b, "unclear", 0.7, regions=(both, both))
    page = Page(html_of(it, tmp_path))
    assert "2 places differ" in page.words
    assert len([rect for rect in page.all("rect") if rect["class"] == "line"]) == 4
    assert page.all("circle") == []
    it.relate(a, c, "edited", 0.9, regions=(both, Region(a=(1, 2, 3, 4), b=None, note="a stamp")))
    page = Page(html_of(it, tmp_path))
    assert "2 places differ differs a stamp (marked in the first)" in page.words
    assert len(page.all("circle")) == 3


def test_pairs_of_copies_are_shown_once(new_archive, tmp_path):
    it = new_archive()
    keep, copy, crop, crop_copy = (
        it.image(f"archive/{n}.jpg") for n in ("keep", "copy", "crop", "crop copy")
    )
    it.group(keep, (), (copy, "same-bytes", 1.0, ()))
    it.group(crop, (), (crop_copy, "same-bytes", 1.0, ()))
    for a, b in ((copy, crop_copy), (crop, copy), (keep, crop), (keep, crop_copy)):
        it.relate(a, b, "edited", 0.98)
    it.relate(copy, crop, "unclear", 0.7)
    html = html_of(it, tmp_path)
    assert html.count('id="pair-') == 2
    words = Page(html).words
    assert "Pair 2: keep.jpg and crop.jpg" in words
    assert "The same was found of 3 further pairs of their copies." in words


def test_what_does_not_fit_is_counted(large_archive, tmp_path, monkeypatch):
    monkeypatch.setattr("onecopy.report.entries.MOST_GROUPS", 10)
    monkeypatch.setattr("onecopy.report.entries.MOST_PAIRS", 7)
    words = Page(html_of(large_archive(25), tmp_path)).words
    assert "15 smaller groups left out here to keep this page usable; findings.json has all." in words
    assert "18 further pairs left out here" in words


HOSTILE = st.text(
    st.sampled_from("<>&\"'`/=-!]{}%# \\\n\x00\u202e\udc80éabscript"), min_size=1, max_size=30
) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "{{ 7 * 7 }}{% raw %}",
        "</style></svg></title><!--",
        "javascript:alert(1)",
        "]]><![CDATA[",
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=HOSTILE)
def test_no_text_gets_through_as_markup(new_archive, tmp_path, text):
    def page_of(text):
        it = new_archive(sources=("here", text))
        a, b, c = (it.image(f"here/{n}{text}", kind=text) for n in "abc")
        it.group(a, (text,), (b, "same-image", 0.995, (text,)))
        it.relate(a, c, "edited", 0.9, words=(text,), regions=(Region(a=(1, 2, 3, 4), b=None, note=text),))
        it.unreadable.append(Unreadable(locator=text, code=text, message=text))
        it.unmatchable.append(Remark(locator=text, reason=text))
        it.skipped.append(Remark(locator=text, reason=text))
        return Page(html_of(it, tmp_path))

    hostile, harmless = page_of(text), page_of("x")
    # The same elements with the same attributes, whatever the text: nothing of it was taken for markup.
    assert hostile.tags == harmless.tags
    assert [sorted(found) for _, found in hostile.attributes] == [
        sorted(found) for _, found in harmless.attributes
    ]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>.jpg", "</script>.jpg", "a&amp;b.jpg", "<img onerror=x>"]
)
def test_hostile_names_are_shown_as_they_are(new_archive, tmp_path, name):
    it = new_archive(sources=(f"{name} in",))
    it.group(it.image(f"{name} in/{name}"), (), (it.image(f"{name} in/b.jpg"), "same-bytes", 1.0, ()))
    page = Page(html_of(it, tmp_path))
    assert f"{name} in/{name}" in page.words
    assert page.tags.count("script") == 1
    assert "onerror" not in {key for _, found in page.attributes for key in found}
