"""What the server tells of the model, of itself, and to a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from local_server import Served
from toy_model import CODEBOOK, TASKS, write_model

from pipeline.inference.classifier import Classifier


def test_the_model_is_described_with_definitions_tiers_thresholds_and_provenance(
    served: Served, classifier: Classifier
) -> None:
    about = served.get("/v1/model").json()
    assert about["model"] == classifier.model
    assert about["codebook"] == "toy/1"
    assert about["target"] == CODEBOOK["target"]
    stance = about["tasks"]["stance"]
    assert stance["question"] == "For or against?"
    assert stance["abstain_below"] == 0.6
    assert stance["labels"]["favor"] == {"definition": "speaks for it", "tier": "B"}
    assert {task: list(known["labels"]) for task, known in about["tasks"].items()} == TASKS
    assert about["tasks"]["frame"]["abstain_below"] is None
    assert about["limits"]["texts"] == 2000
    provenance = about["provenance"]
    assert provenance["data"] == {"train": "0" * 64}
    assert provenance["seed"] == 7
    assert re.match(r"\d{4}-\d\d-\d\dT", provenance["trained"])
    assert "numpy" in provenance["packages"]


def test_a_model_that_tells_nothing_of_its_training_is_described_as_far_as_known(
    tmp_path: Path, serve: Callable[..., Served]
) -> None:
    folder = write_model(tmp_path / "model")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["stages"] = {"imported": {"outputs": manifest["stages"]["final"]["outputs"]}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    about = serve(Classifier.load(folder)).get("/v1/model").json()
    assert about["tasks"]["stance"]["labels"]["favor"] == {"definition": None, "tier": "B"}
    assert about["provenance"]["commit"] is None


def test_health_and_metrics(served: Served) -> None:
    assert served.get("/healthz").json() == {"status": "ok"}
    before = served.metric("stance_texts_total")
    served.post({"texts": ["we oppose", "we support"]})
    served.get("/surprise/" + "a" * 50)
    answer = served.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert served.metric("stance_texts_total") == before + 2
    assert served.metric('stance_http_requests_total{path="/v1/classify",status="200"}') >= 1
    assert "stance_batch_texts_bucket" in answer.text
    assert "surprise" not in served.get("/metrics").text


def test_the_page_loads_nothing_from_elsewhere_and_nobody_frames_it(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.serving.app.PAGE", tmp_path)
    assert "has no page" in served.get("/").json()["detail"]
    (tmp_path / "index.html").write_text("<!DOCTYPE html><title>Page</title>")
    answer = served.get("/")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert served.get("/page/nothing.js").status_code == 404
    assert served.get("/page/..%2Fapp.py").status_code == 404


def test_the_description_for_people_needs_no_other_server(served: Served) -> None:
    html = served.get("/docs").text
    loaded = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert loaded
    assert all(not path.startswith(("http", "//")) for path in loaded)
    assert {served.get(path).status_code for path in loaded} == {200}
