"""Names of test cases that are attack strings: short, and of printable ASCII."""


def short(value: object) -> str:
    """How a case is called in the report."""
    text = repr(value).encode("ascii", "backslashreplace").decode()
    return text if len(text) <= 60 else f"{text[:50]}... ({len(text)})"
