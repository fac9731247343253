"""The server against its own description, with requests that nobody thought of."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from local_server import Served
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_server_keeps_to_its_description(served: Served, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")

    @given(st.data())
    @settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def ask(data: st.DataObject) -> None:
        case = data.draw(schema["/v1/classify"]["POST"].as_strategy(mode))
        # No schema tells whether bytes are a file that can be read, or whether a document has a sentence.
        free = isinstance(case.body, dict) and "document" in case.body
        case.call_and_validate(excluded_checks=[positive_data_acceptance] if free else [])

    ask()


@pytest.mark.parametrize("path", ["/v1/model", "/healthz", "/metrics"])
def test_facts_are_as_described(served: Served, path: str) -> None:
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    schema[path]["GET"].Case().call_and_validate()


def test_the_description_knows_tasks_and_limits(served: Served) -> None:
    schemas = served.get("/openapi.json").json()["components"]["schemas"]
    fields = schemas["OneText"]["properties"]
    assert fields["tasks"]["anyOf"][0]["items"] == {"enum": ["stance", "frame"]}
    assert fields["text"]["maxLength"] == 10_000
    assert schemas["ManyTexts"]["properties"]["texts"]["maxItems"] == 2000
