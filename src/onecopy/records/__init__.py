"""What is made of verdicts over many images: groups, and what follows for their members."""
