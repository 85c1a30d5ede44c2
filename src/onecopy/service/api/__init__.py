"""The endpoints of version 1, one module a subject."""
