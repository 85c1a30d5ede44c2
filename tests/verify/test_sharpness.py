"""What sharpening and softening is fitted, and on which pixels."""

import cv2
import numpy as np
import pytest

from onecopy.verify.sharpness import filtered, fit_filter


def _page(seed: int = 3) -> np.ndarray:
    """Thin marks on white: hardly a pixel in ten is not ground."""
    page = np.full((200, 240), 250, np.uint8)
    for x, y in np.random.default_rng(seed).integers(10, 190, (120, 2)):
        cv2.line(page, (int(x), int(y)), (int(x) + 9, int(y) + 3), 60, 1, cv2.LINE_AA)
    return page


@pytest.mark.parametrize("amount", [-0.7, 0.6, 1.2])
def test_marks_say_how_a_page_was_sharpened_or_softened(amount):
    page = cv2.GaussianBlur(_page(), (0, 0), 0.8).astype(np.float32)
    soft = cv2.GaussianBlur(page, (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)
    goal = np.clip(page + amount * (page - soft), 0, 255).astype(np.uint8)
    everywhere = np.ones(page.shape, np.bool_)
    weights, _ = fit_filter(page, goal[..., None], everywhere)
    (made,) = filtered((page,), weights)
    before, after = (np.abs(one - goal).mean() for one in (page, made))
    assert after < 0.25 * before


def test_black_and_white_alone_leaves_nothing_to_fit():
    checks = np.kron(np.indices((8, 8)).sum(0) % 2, np.ones((9, 9))).astype(np.float32) * 255
    weights, _ = fit_filter(checks, checks.astype(np.uint8)[..., None], checks >= 0)
    assert weights == pytest.approx([1, 0, 0, 0, 0, 0, 0], abs=0.05)
