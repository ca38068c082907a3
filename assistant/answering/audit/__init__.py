"""Whether the sentences that a claim cites carry it: checks of text and a calibrated likeness, no model."""
