"""A stand-in for Rathole 0.5: the same configuration files, the same bytes, the same behaviour when things break.

The tests use it where no real `rathole` is at hand. It knows TCP services over plain TCP and over Noise; it does not
know UDP services, TLS, WebSocket and reloading, and says so.
"""
