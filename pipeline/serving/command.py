"""`stance serve`: one model over HTTP."""

from __future__ import annotations

import argparse
import copy
import errno
import math
import os
import socket
import sys
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, StanceError
from pipeline.inference.command import BAD_INPUT, DEFAULT_MODEL
from pipeline.serving.limits import Limits

KEY_VARIABLE = "STANCE_API_KEY"
_EXTRA = ("fastapi", "fastapi_offline", "uvicorn", "prometheus_client")
_LOCAL = ("127.0.0.1", "::1", "localhost")
_EPILOG = f"""\
If the environment variable {KEY_VARIABLE} is set, requests must bring it: Authorization: Bearer KEY.
SIGTERM or Ctrl+C ends the server once it has answered what it took.

examples:
  stance serve
  curl -s localhost:8000/v1/classify --json '{{"text": "We firmly oppose interference in internal affairs."}}'

Requests, answers and metrics are described in docs/serving.md and, by a running server, at /docs.
"""


def main(argv: list[str]) -> int:
    """Run `stance serve` with the arguments `argv` until it is told to stop; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return _serve(arguments)
    except StanceError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    default = Limits()
    parser = argparse.ArgumentParser(
        prog="stance serve",
        description="Serve a trained model over HTTP, with a page at /.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--model", type=Path, default=Path(DEFAULT_MODEL), metavar="FOLDER", help=f"default: {DEFAULT_MODEL}")
    add("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine only)")
    add("--port", type=int, default=8000, help="default: 8000; 0 takes a free one")
    add("--max-body", type=int, default=default.body_bytes, metavar="BYTES", help=f"default: {default.body_bytes}")
    add("--max-texts", type=int, default=default.texts, metavar="N", help=f"a request (default: {default.texts})")
    add("--max-characters", type=int, default=default.characters, metavar="N", help=f"a text ({default.characters})")
    add("--max-queue", type=int, default=default.queue, metavar="N", help=f"waiting texts ({default.queue})")
    add("--timeout", type=float, default=default.timeout, metavar="SECONDS", help=f"default: {default.timeout:g}")
    add("--log-texts", action="store_true", help="write every text that is classified to the log")
    return parser


def _serve(arguments: argparse.Namespace) -> int:
    limits = Limits(
        body_bytes=arguments.max_body,
        texts=arguments.max_texts,
        characters=arguments.max_characters,
        queue=arguments.max_queue,
        timeout=arguments.timeout,
    )
    key = api_key()
    try:
        import uvicorn

        from pipeline.serving.app import create_app
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise ConfigError(
            f"stance serve needs the package {error.name}; install the extra: pip install 'stance-pipeline[serve]'"
        ) from error
    from pipeline.inference.classifier import Classifier

    with _listen(arguments.host, arguments.port) as listening:
        classifier = Classifier.load(arguments.model, measure=True)
        app = create_app(classifier, limits, api_key=key, log_texts=arguments.log_texts)
        config = uvicorn.Config(
            app,
            log_config=_logging(uvicorn.config.LOGGING_CONFIG),
            lifespan="on",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=math.ceil(limits.timeout) + 1,
        )
        host, port = listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        print(f"{classifier.model} at http://{shown}:{port} (interface: /docs, Ctrl+C ends)", file=sys.stderr)
        if arguments.host not in _LOCAL and key is None:
            print(f"warning: others can reach this server, and no {KEY_VARIABLE} is set", file=sys.stderr, flush=True)
        try:
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:  # raised again by uvicorn after it has finished
            return 0
    return 0


def api_key() -> str | None:
    """The key that requests must bring, None where none is set; raises ConfigError for an unusable one."""
    value = os.environ.get(KEY_VARIABLE)
    if value is None:
        return None
    if not value.strip():
        raise ConfigError(f"{KEY_VARIABLE} is empty; set it to a key, or unset it to serve without one")
    return value.strip()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OverflowError:
        raise ConfigError(f"--port is {port}, it must be between 0 and 65535") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            remedy = "end what uses it, or give another --port"
        elif error.errno == errno.EACCES:
            remedy = "give a --port above 1023"
        else:
            remedy = "give an address of this machine with --host"
        reason = error.strerror or error
        raise ConfigError(f"cannot listen on {host} port {port} ({reason}); {remedy}") from error


def _logging(standard: dict[str, Any]) -> dict[str, Any]:
    """Uvicorn's logging, joined by our own logger."""
    config = copy.deepcopy(standard)
    config["loggers"]["pipeline.serving"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    return config
