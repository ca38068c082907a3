"""Commands of the same user go through the page that owns an index: what they ask in, what it says out.

A private way beside the page, on a port of its own that only this machine reaches, for who can read a file
of the index folder. The page's own address knows nothing of it.
"""
