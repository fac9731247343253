"""Documents that come in over HTTP, split into sentences away from the event loop."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import math
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePath

from pipeline.environment import usable_cores
from pipeline.errors import DataError
from pipeline.inference.documents import split_plain_text
from pipeline.inference.items import Item
from pipeline.serving.document_worker import REFUSED
from pipeline.serving.limits import Limits
from pipeline.serving.problems import Refusal
from pipeline.serving.schema import DocumentFile

_NAME = "document"
"""What the records call a document that was sent as plain text."""
_WORKER = "pipeline.serving.document_worker"


class Splitter:
    """Splits as training does: plain text in a thread, files in a process each, since readers of PDF and HTML are large
    and files from somewhere may want to break them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="splitter")
        self._processes = asyncio.Semaphore(usable_cores())

    async def split(self, document: str | DocumentFile) -> list[Item]:
        """The sentences; raises Refusal for what cannot be read, has no sentence or too many."""
        try:
            items = await (self._text(document) if isinstance(document, str) else self._file(document))
        except DataError as error:
            raise Refusal(422, f"{error}; or send its sentences as texts") from error
        if len(items) > self._limits.texts:
            raise Refusal(
                422,
                f"the document has {len(items):,} sentences, at most {self._limits.texts:,} are classified a request;"
                " send it in parts, or use stance classify --input",
            )
        return items

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)

    async def _text(self, text: str) -> list[Item]:
        if len(text) > self._limits.document_characters:
            raise Refusal(
                422,
                f"the document has {len(text):,} characters, at most {self._limits.document_characters:,} are split a"
                " request; send it in parts, or use stance classify --input",
            )
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: list(split_plain_text(text, _NAME)))

    async def _file(self, document: DocumentFile) -> list[Item]:
        try:
            content = base64.b64decode(document.content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refusal(422, f"document.content is no base64 ({error}); encode the bytes of the file") from error
        name = PurePath(document.name)
        async with self._processes:
            found = json.loads(await self._run(content, name.suffix.lower()))
        before = ["", *(text for text, *_ in found)]
        return [
            Item(f"{name.stem}-{number:04d}", text, before[number], document.name, start, end, page)
            for number, (text, start, end, page) in enumerate(found)
        ]

    async def _run(self, content: bytes, ending: str) -> bytes:
        path = os.pathsep.join(filter(None, sys.path))
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", _WORKER, ending, str(math.ceil(self._limits.timeout))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": path, "PATH": os.environ.get("PATH", "")},
            # Ctrl+C is meant for the server, which lets the work finish.
            start_new_session=True,
        )
        try:
            output, errors = await worker.communicate(content)
        finally:
            if worker.returncode is None:
                worker.kill()
                await worker.wait()
        if worker.returncode == REFUSED and errors:
            raise DataError(errors.decode(errors="replace").strip().splitlines()[-1])
        if worker.returncode != 0:
            raise DataError(f"reading the file failed (exit code {worker.returncode}); repair it or save it anew")
        return output
