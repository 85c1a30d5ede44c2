"""Accuracy on real images whose truth is known, where they are present."""
