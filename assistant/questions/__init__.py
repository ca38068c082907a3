"""What a question says beside what it asks: which papers it wants to be answered from."""
