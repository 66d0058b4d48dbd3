import pytest
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_either_credential_will_do(schema):
    operation = schema["paths"]["/api/v1/visitors/me"]["get"]

    assert operation["security"] == [{"visitorToken": []}, {"visitorCookie": []}]
    assert schema["components"]["securitySchemes"] == {
        "visitorToken": {"type": "apiKey", "in": "header", "name": "X-Session-Token"},
        "visitorCookie": {"type": "apiKey", "in": "cookie", "name": "ss_visitor"},
    }


def test_beginning_needs_no_credential(schema):
    assert "security" not in schema["paths"]["/api/v1/visitors"]["post"]
