from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import validate


def test_the_schema_is_valid_and_every_operation_describes_its_refusals():
    schema = SchemaGenerator().get_schema(request=None, public=True)

    validate(schema)
    operations = [
        operation for path in schema["paths"].values() for operation in path.values()
    ]
    assert operations
    for operation in operations:
        content = operation["responses"]["default"]["content"]
        assert content == {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"}
            }
        }
    assert "code" in schema["components"]["schemas"]["Problem"]["required"]
