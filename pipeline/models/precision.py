"""What arithmetic the processor does natively."""

from __future__ import annotations

import torch


def trains_in_bfloat16(precision: str) -> bool:
    """Whether the setting `precision` (`auto`, `fp32`, `bf16`) means mixed precision on this machine."""
    return precision == "bf16" or (precision == "auto" and bfloat16_is_native())


def bfloat16_is_native() -> bool:
    """True where autocast to bfloat16 pays: a GPU that has it, or a CPU with AMX-BF16 or AVX512-BF16.

    Elsewhere a CPU emulates bfloat16 and is slower than with float32.
    """
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    found = torch.cpu.get_capabilities()
    return bool(found.get("amx_bf16") or found.get("avx512_bf16"))
