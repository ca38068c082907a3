"""The vectors of a collection in, its topics out: found, named, kept over imports, and laid out as a map."""
