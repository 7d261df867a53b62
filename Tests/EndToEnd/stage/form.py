"""Suites that measure have two forms: the short one is part of every test run, the long one gives the figures."""

import os


def is_long() -> bool:
    return os.environ.get("RUNEGATE_TEST_FORM") == "long"
