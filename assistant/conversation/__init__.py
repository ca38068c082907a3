"""Questions that follow one another: what a follow-up means, and what was asked and answered."""
