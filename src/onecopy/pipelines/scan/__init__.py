"""The scan: many images of an archive, from listing to findings."""
