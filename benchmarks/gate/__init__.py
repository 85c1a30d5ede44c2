"""How fast the gate is: many clients at once, one alone, copies, and many fingerprints."""
