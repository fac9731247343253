"""One derivation for every seed, so that no two uses share a random stream by accident."""

from __future__ import annotations

import hashlib


def derive_seed(root: int, *parts: str | int) -> int:
    """Seed in [0, 2**32) for the use that `parts` name, for example `derive_seed(0, "split", 3)`.

    Equal arguments give equal seeds on every machine and Python version; any other argument gives an unrelated one.
    """
    text = "/".join([str(root), *(str(part) for part in parts)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
