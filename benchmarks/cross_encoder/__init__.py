"""The reader's training, and what its word is worth."""
