"""Hits in, a cited answer out, as a stream of events."""
