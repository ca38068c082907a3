"""Papers in; what each of their sentences is there for, cards, one-sentence summaries and their like out."""
