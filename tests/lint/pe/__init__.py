# SPDX-License-Identifier: MIT
"""The checks that loaders make of a PE file, one rule each. core.py says how a rule is written."""
# Importing them registers the rules.
from . import edk2, shim, loaders, sign, linux, arm64, riscv, ours	# noqa: F401
