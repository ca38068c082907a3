"""Papers from the web, only when a source is named: arXiv, OpenAlex, Semantic Scholar, DOIs, daily papers.

Knows nothing of indexes: what it fetches goes to whoever adds it.
"""

from .bringing import Online
from .fetching import Source, named
from .saved import Refreshed, SavedQuery

__all__ = ["Online", "Refreshed", "SavedQuery", "Source", "named"]
