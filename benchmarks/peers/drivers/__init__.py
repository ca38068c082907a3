"""The peers, each behind the same few methods; they run in the environment of `benchmarks/peers.lock`.

Nothing here imports ``assistant`` but ``ours``, which runs in our own environment.
"""
