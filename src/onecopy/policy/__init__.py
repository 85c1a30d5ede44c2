"""What to do about what was found: which copy to keep, and what becomes of an upload."""
