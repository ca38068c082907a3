"""Files in, papers out, bad rows reported; sentences with offsets. Knows nothing of indexes or models."""

from .gauge import Gauge
from .identity import paper_id
from .reading import read, sample_collection
from .sentences import split
from .taking import take

__all__ = ["Gauge", "paper_id", "read", "sample_collection", "split", "take"]
