"""How frames lie in each other, in numbers that can be worked out by hand."""

import numpy as np
import pytest

from onecopy.verify.framing import framing


def test_a_resize_keeps_the_frame():
    frame = framing(np.array([[2.0, 0, 0.5], [0, 2.0, 0.5], [0, 0, 1]]), (800, 600), (400, 300))
    assert frame.same
    assert frame.scale == pytest.approx(2)
    assert frame.contains is None


def test_a_crop_says_where_and_how_much():
    frame = framing(np.array([[1.0, 0, 80], [0, 1.0, 0], [0, 0, 1]]), (800, 600), (560, 600))
    assert not frame.same
    assert frame.cut == (0.1, 0, 0.2, 0)
    assert frame.contains == "a"
    assert frame.overlap_a == pytest.approx(0.7, abs=0.02)
    assert frame.overlap_b == 1


def test_a_border_is_more_than_the_picture():
    frame = framing(np.array([[1.0, 0, -40], [0, 1.0, -30], [0, 0, 1]]), (800, 600), (880, 660))
    assert frame.added == (0.05, 0.05, 0.05, 0.05)
    assert frame.contains == "b"


def test_turned_and_mirrored():
    turned = framing(np.array([[0, -1.0, 599], [1.0, 0, 0], [0, 0, 1]]), (600, 800), (800, 600))
    assert turned.same
    assert (turned.turned, turned.mirrored) == (90, False)
    mirrored = framing(np.array([[-1.0, 0, 799], [0, 1.0, 0], [0, 0, 1]]), (800, 600), (800, 600))
    assert mirrored.same
    assert mirrored.mirrored


def test_a_stretch_is_another_framing():
    frame = framing(np.array([[1.0, 0, 0], [0, 1.12, 0.06], [0, 0, 1]]), (800, 672), (800, 600))
    assert not frame.same


@pytest.mark.parametrize("size", [(150, 113), (300, 225), (101, 76)])
def test_rounding_a_thumbnail_is_no_stretch(size):
    fx, fy = 800 / size[0], 600 / size[1]
    matrix = np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2], [0, 0, 1]])
    assert framing(matrix, (800, 600), size).same
