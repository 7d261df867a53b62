"""Machines for the tests: this system with rendered files on top, in namespaces of their own."""
