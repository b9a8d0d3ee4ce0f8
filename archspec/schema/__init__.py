"""The JSON Schema of the language, for editors: generated from the classes that read a spec."""

from archspec.schema.language import language_schema, operation_schema, written
from archspec.schema.operations import operations

__all__ = ["language_schema", "operation_schema", "operations", "written"]
