"""The web application around one classifier."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import Body, FastAPI, Request, Security
from fastapi.security import HTTPBearer
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from starlette.responses import FileResponse, JSONResponse, Response

from pipeline.inference.classifier import Classifier
from pipeline.serving import metrics as prometheus
from pipeline.serving.batching import STOPPING, Batcher
from pipeline.serving.description import SCHEMA as MODEL_SCHEMA
from pipeline.serving.description import describe
from pipeline.serving.documents import Splitter
from pipeline.serving.limits import Limits
from pipeline.serving.middleware import ApiKey, Bodies, Deadline, Observed, SecurityHeaders
from pipeline.serving.openapi import complete
from pipeline.serving.problems import Refusal, add_handlers, documented
from pipeline.serving.schema import ClassifyRequest, answer_schema
from pipeline.serving.work import items_of, options_of

PAGE = Path(__file__).with_name("page")
CLIENT_CLOSED_REQUEST = 499
"""Status, only for the log and the metrics, of a request whose client left (nginx's)."""
_ABOUT = """\
Who takes which stance, with which rhetorical frame, sentence by sentence. Each prediction is the record that
`docs/predictions.md` describes. Every answer that is no success is a problem (RFC 9457) whose `detail` says what to do.
"""
_log = logging.getLogger(__name__)
T = TypeVar("T")


def create_app(
    classifier: Classifier, limits: Limits, *, api_key: str | None = None, log_texts: bool = False
) -> FastAPI:
    """An ASGI application that answers with `classifier`.

    With `api_key`, requests must bring it. Texts are logged only with `log_texts`.
    """
    metrics = prometheus.Metrics(classifier.model, classifier.codebook)
    batcher, splitter = Batcher(classifier, limits, metrics), Splitter(limits)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        batcher.start()
        yield
        await batcher.stop()
        splitter.close()

    app = FastAPIOffline(
        redoc_url=None,
        title="Stance classifier",
        description=_ABOUT,
        version="1",
        lifespan=lifespan,
        dependencies=[Security(HTTPBearer(auto_error=False))] if api_key is not None else [],
    )
    add_handlers(app)
    _add_classify(app, classifier, batcher, splitter, limits, log_texts)
    _add_facts(app, describe(classifier, limits), batcher, metrics)
    _add_page(app)
    complete(app.openapi(), list(classifier.labels), limits)
    app.add_middleware(Bodies, limits=limits)
    if api_key is not None:
        app.add_middleware(ApiKey, key=api_key)
    app.add_middleware(Deadline, limits=limits)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observed, metrics=metrics)
    return app


def _add_classify(
    app: FastAPI, classifier: Classifier, batcher: Batcher, splitter: Splitter, limits: Limits, log_texts: bool
) -> None:
    schema = answer_schema(classifier.labels)

    @app.post(
        "/v1/classify",
        summary="Classify a text, several texts, or a document",
        response_class=JSONResponse,
        responses={200: {"content": {"application/json": {"schema": schema}}}, **documented(400, 413, 422, 429, 503)},
    )
    async def classify(request: Request, body: Annotated[ClassifyRequest, Body()]) -> Response:
        """One prediction for each text, or for each sentence of a document, in order."""
        options = options_of(body, list(classifier.labels))

        async def answer() -> list[dict[str, Any]]:
            items = await items_of(body, splitter, limits, classifier.targets)
            if log_texts:
                for item in items:
                    _log.info("text: %s", item.text)
            return await batcher.classify(items, options)

        predictions = await _unless_left(request, answer())
        if predictions is None:
            return Response(status_code=CLIENT_CLOSED_REQUEST)
        return JSONResponse({"predictions": predictions})


def _add_facts(app: FastAPI, description: dict[str, Any], batcher: Batcher, metrics: prometheus.Metrics) -> None:
    @app.get(
        "/v1/model",
        summary="Tasks, labels with definitions, tiers, thresholds, provenance",
        responses={200: {"content": {"application/json": {"schema": MODEL_SCHEMA}}}},
    )
    async def model() -> JSONResponse:
        return JSONResponse(description)

    @app.get("/healthz", summary="Whether work is taken", responses=documented(503))
    async def health() -> dict[str, str]:
        if batcher.stopping:
            raise Refusal(503, STOPPING, 1)
        return {"status": "ok"}

    @app.get("/metrics", summary="Counters for Prometheus", response_class=Response)
    async def exposition() -> Response:
        return Response(metrics.exposition(), media_type=prometheus.CONTENT_TYPE)


def _add_page(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        if not (PAGE / "index.html").is_file():
            raise Refusal(404, "this installation has no page; POST /v1/classify answers, /docs describes it")
        return FileResponse(PAGE / "index.html")

    app.mount("/page", StaticFiles(directory=PAGE, check_dir=False), name="page")


async def _unless_left(request: Request, answer: Awaitable[T]) -> T | None:
    """The answer, or None once the client is gone, whose work is then dropped."""
    answering, leaving = asyncio.ensure_future(answer), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return answering.result() if answering.done() else None
    finally:
        answering.cancel()
        leaving.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
