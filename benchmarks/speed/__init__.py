"""Speed: the scan beside the bare decoder, a rescan beside a bare walk, start-up, memory."""
