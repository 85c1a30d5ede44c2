"""From pixels and bytes to a fingerprint: digests, perceptual hash, features, capture metadata."""
