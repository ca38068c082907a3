"""A question in, ranked papers with their evidence sentences out."""
