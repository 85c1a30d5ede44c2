"""From pixels and bytes to a fingerprint: digests, perceptual hash, features, capture metadata."""

FINGERPRINT_VERSION = 4
"""Changes whenever a fingerprint could; stored fingerprints of another version are made again."""
