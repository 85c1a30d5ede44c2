"""Pictures for people to look at: renditions, tiles, pages and differences, made in workers and kept."""
