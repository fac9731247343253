"""Reads one file from somebody unknown, in a process that may die of it: `python -m pipeline.serving.document_worker`.

The bytes come on standard input, the ending of the name and the seconds of processor time as arguments. The sentences
go to standard output as JSON, an error that the sender can mend to standard error with exit code 2.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import StanceError
from pipeline.inference.documents import read_document

REFUSED = 2
_MEMORY = 2 << 30


def main(ending: str, seconds: int) -> int:
    """Split standard input; return the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"document{ending}"
        path.write_bytes(sys.stdin.buffer.read())
        try:
            found = [[item.text, item.start, item.end, item.page] for item in read_document(path)]
        except StanceError as error:
            print(error, file=sys.stderr)
            return REFUSED
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
