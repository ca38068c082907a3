"""Papers in, a searchable index on disk out: vectors and records in Chroma, words in tantivy."""
