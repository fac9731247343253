"""The sources that a trained model depends on."""

from __future__ import annotations

from functools import cache

from pipeline.environment import code_hash, modules_behind, sources_in

CODE = (
    "models",
    "labeling/rules",
    "splitting",
    "evaluation/metrics.py",
    "evaluation/calibration.py",
    "records.py",
    "codebook.py",
    "seeding.py",
    "targets.py",
    "word_lists.py",
    "names.yaml",
    "stages/cells.py",
)
ONLY_SAVED = ("models/export.py", "models/exportable.py", "models/quantization.py")
"""Sources that change the saved final model and no out-of-fold prediction."""


@cache
def model_code(target: str, *, saved: bool) -> str:
    """Digest of the sources that train the model class `target`: of `pipeline.models` those that it imports.

    A change of one model then leaves what others have computed up to date. Of a class from elsewhere, which may import
    anything, all count. `saved`: with those that save it.
    """
    behind = modules_behind(target.rpartition(".")[0]) or set(sources_in("models"))
    strangers = set(sources_in("models")) - behind
    return code_hash(CODE, strangers if saved else strangers | set(ONLY_SAVED))
