"""Refusals: what is wrong and what to do, as problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.responses import JSONResponse

from pipeline.serving.schema import FORMS

MEDIA_TYPE = "application/problem+json"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {"type": "string", "description": "the name of the status"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "what is wrong, and what to do"},
    },
}
"""The body of every answer that is no success."""
_SHOWN = 3
_TAGS = frozenset({"body", "one", "many", "whole", "plain", "contextual", "file"})
"""Parts of a place in a request that name a form of it and not a field."""


class Refusal(HTTPException):
    """A request that is not answered; `detail` says why and what to do, `retry_after` (seconds) when to come again."""

    def __init__(self, status: int, detail: str, retry_after: int | None = None) -> None:
        super().__init__(status, detail, None if retry_after is None else {"Retry-After": str(retry_after)})


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer that tells of a problem."""
    # Whatever a client put into a request may come back in the message, half a surrogate pair included.
    sound = detail.encode("utf-8", "backslashreplace").decode()
    body = {"title": HTTPStatus(status).phrase, "status": status, "detail": sound}
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Descriptions of the answers with these statuses for the OpenAPI document."""
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": SCHEMA}}}
        for status in statuses
    }


def add_handlers(app: FastAPI) -> None:
    """Let `app` answer every error with a problem; none repeats what was sent beyond the names of fields."""

    async def refused(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, AnyHTTPException)
        detail = error.detail
        if error.status_code == HTTPStatus.NOT_FOUND and not isinstance(error, Refusal):
            detail = "nothing is served under this path; /docs lists what is"
        elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            detail = f"{request.method} is not offered under this path; /docs tells what is"
        elif error.status_code == HTTPStatus.BAD_REQUEST:
            detail = "the body cannot be read as JSON; /docs describes it"
        return problem(error.status_code, detail, error.headers)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        found = [_told(each) for each in error.errors()]
        more = f" (and {len(found) - _SHOWN} more)" if len(found) > _SHOWN else ""
        return problem(422, f"{'; '.join(found[:_SHOWN])}{more}; /docs describes the request")

    async def failed(request: Request, error: Exception) -> JSONResponse:
        return problem(500, "the server failed; its log tells more, and the request may be sent again")

    app.add_exception_handler(AnyHTTPException, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, failed)


def _told(error: Mapping[str, Any]) -> str:
    """One error of pydantic's in words: the place, and what is expected there."""
    if error["type"] == "json_invalid":
        return f"the body is no JSON ({error['ctx']['error']} at character {error['loc'][-1]})"
    if error["type"] == "missing" and len(error["loc"]) == 1:
        return FORMS
    place = ".".join(str(part) for part in error["loc"] if part not in _TAGS)[:200]
    return f"{place}: {error['msg']}" if place else str(error["msg"])
