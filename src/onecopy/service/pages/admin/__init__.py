"""Administration: what the service goes by, who may do what, and whether all is well. One module a page."""
