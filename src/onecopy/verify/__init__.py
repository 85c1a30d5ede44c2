"""From a pair of images to a verdict: registered onto each other, the difference that remains decides."""
