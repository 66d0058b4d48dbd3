"""OpenAPI for every operation: what it may answer when it refuses."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from typing_extensions import override

from common.api import PROBLEM_TYPE

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details; `code` is the word to act on.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


class ProblemAutoSchema(AutoSchema):
    """Adds the problem response to every operation."""

    @override
    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Describe the operation, with `default` for every refusal."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            operation["responses"]["default"] = {
                "description": "Refused.",
                "content": {PROBLEM_TYPE: {"schema": self._problem_reference()}},
            }
        return operation

    def _problem_reference(self) -> dict[str, str]:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]  # untyped there
            name="Problem",
            type=ResolvedComponent.SCHEMA,
            object="Problem",
            schema=_PROBLEM,
        )
        self.registry.register_on_missing(component)
        reference: dict[str, str] = component.ref
        return reference
