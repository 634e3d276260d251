"""How fast scorelib is, measured beside what it replaces; `python -m benchmarks` runs it."""
