"""The errors that the pipeline raises on purpose.

Each message is one line that names the value, the place and the way out. The command line prints it without a
traceback and ends with exit code 2.
"""

from __future__ import annotations


class StanceError(Exception):
    """Base of every error that a user can cause and mend."""


class ConfigError(StanceError):
    """A setting is unknown, of the wrong type or out of range."""


class DataError(StanceError):
    """A document, an annotation or another input is missing, broken or contradicts another one."""


class LeakageError(StanceError):
    """Sentences that belong together lie on both sides of a split."""


class ArtifactError(StanceError):
    """An artifact or model folder is incomplete, altered, locked or of a newer format."""


class BaseModelError(StanceError):
    """The encoder to start from cannot be found, reached or trusted."""


class EndpointError(StanceError):
    """A language model's endpoint cannot be reached, refuses the request or answers what nobody can read."""


class LimitReachedError(StanceError):
    """Going on would exceed a limit on requests, tokens or cost that the user has set."""
