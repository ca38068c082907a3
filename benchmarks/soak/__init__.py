"""An hour's traffic in minutes, against a model server that misbehaves in every way that is known."""
