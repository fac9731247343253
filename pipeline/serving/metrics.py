"""What the server tells Prometheus; no label holds anything that a client chose."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_PATHS = ("/v1/classify", "/v1/model", "/healthz", "/metrics", "/openapi.json", "/docs", "/")


class Metrics:
    """Counters of one server, in a registry of their own."""

    def __init__(self, model: str, codebook: str) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        Info("stance_model", "The served model", registry=registry).info({"model": model, "codebook": codebook})
        self._requests = Counter("stance_http_requests", "Answered requests", ["path", "status"], registry=registry)
        self._latency = Histogram(
            "stance_http_request_duration_seconds",
            "From the head of the request to the end of the answer",
            ["path"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_progress = Gauge("stance_http_requests_in_progress", "Requests being answered", registry=registry)
        self.waiting = Gauge("stance_queue_texts", "Texts that wait for the model", registry=registry)
        self._texts = Counter("stance_texts", "Texts classified", registry=registry)
        self._batch_texts = Histogram(
            "stance_batch_texts", "Texts computed together", buckets=(1, 2, 4, 8, 16, 24, 32), registry=registry
        )
        self._batch_seconds = Histogram(
            "stance_batch_duration_seconds", "Time to compute a batch", buckets=_SECONDS, registry=registry
        )

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Count one request."""
        known = path if path in _PATHS else "/page" if path.startswith("/page/") else "other"
        self._requests.labels(known, str(status)).inc()
        self._latency.labels(known).observe(seconds)

    def batch(self, texts: int, seconds: float) -> None:
        """Count one batch."""
        self._texts.inc(texts)
        self._batch_texts.observe(texts)
        self._batch_seconds.observe(seconds)

    def exposition(self) -> bytes:
        """All of it in Prometheus's text format."""
        return generate_latest(self._registry)
