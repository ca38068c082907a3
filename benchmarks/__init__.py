"""The measurements behind the figures; each module is a command (`python -m benchmarks.retrieval --help`)."""
