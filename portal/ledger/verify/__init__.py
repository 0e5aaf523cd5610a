"""verify.py, the program that outsiders download: this folder's modules as one file, so that it can be read and kept.

It uses none of the product's code, only `cryptography`; `flask ledger verify` runs the same audit.
"""

import re
from pathlib import Path

MODULES = ("proofs", "findings", "attached", "records", "hours", "stations", "checks", "audit", "program")
HEADER = """#!/usr/bin/env python3
# verify.py checks a disclosure ledger of 明鉴 (Mingjian) from outside. Run it with --help.
"""
_OWN_IMPORTS = re.compile(r"^from portal\.[^\n(]*(?:\([^)]*\))?\n", re.MULTILINE)


def single_file() -> str:
    """The modules one after the other, without the imports between them."""
    folder = Path(__file__).parent
    sources = [(folder / f"{name}.py").read_text("utf-8") for name in MODULES]
    return HEADER + "\n\n".join(_OWN_IMPORTS.sub("", one) for one in sources)
