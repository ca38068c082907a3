"""What a user would pick instead, measured beside us: each in a process of its own, asked the same."""
