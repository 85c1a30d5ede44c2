"""The two short pipelines over the same stages: a scan of an archive, and the gate for one upload."""
