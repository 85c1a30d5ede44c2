"""From bytes to images to pixels. Runs only inside sandboxed workers."""
