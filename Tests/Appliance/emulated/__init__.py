"""Debian machines in emulation, with a kernel of their own."""
