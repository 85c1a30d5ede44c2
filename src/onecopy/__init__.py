"""onecopy finds every copy of an image before it is kept: a hash proposes, pixels decide."""

__version__ = "0.1.0"
