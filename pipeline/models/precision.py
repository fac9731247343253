"""What arithmetic the processor does natively, and on how many threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


def bfloat16_is_native() -> bool:
    """True where autocast to bfloat16 pays: a GPU that has it, or a CPU with AMX-BF16 or AVX512-BF16.

    Elsewhere a CPU emulates bfloat16 and is slower than with float32.
    """
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    found = torch.cpu.get_capabilities()
    return bool(found.get("amx_bf16") or found.get("avx512_bf16"))


@contextmanager
def torch_threads(count: int) -> Iterator[int]:
    """Let torch use `count` threads (0: as many as it does anyway) within the block; yields the number in use."""
    before = torch.get_num_threads()
    if count:
        torch.set_num_threads(count)
    try:
        yield torch.get_num_threads()
    finally:
        torch.set_num_threads(before)
