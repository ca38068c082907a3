"""Measures the assistant on a collection."""
