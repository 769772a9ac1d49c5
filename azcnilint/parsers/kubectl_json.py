"""Typed access to the parts of a Kubernetes object; a part of another type than the API's is an `ObjectError`."""

from __future__ import annotations

from azcnilint.parsers.json_text import JsonObject


class ObjectError(ValueError):
    """An object is not shaped as the Kubernetes API says; the message names the field."""


def object_in(parent: JsonObject, key: str) -> JsonObject:
    """Give the object under `key`; an empty one when it is absent or null."""
    value = parent.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ObjectError(f'expected an object in "{key}"')
    return value


def objects_in(parent: JsonObject, key: str) -> list[JsonObject]:
    """Give the list of objects under `key`; an empty one when it is absent or null."""
    value = parent.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ObjectError(f'expected a list in "{key}"')
    objects = [each for each in value if isinstance(each, dict)]
    if len(objects) != len(value):
        raise ObjectError(f'expected objects in the list "{key}"')
    return objects


def text(parent: JsonObject, key: str) -> str | None:
    """Give the string under `key`; None when it is absent, null or empty."""
    value = parent.get(key)
    if value is not None and not isinstance(value, str):
        raise ObjectError(f'expected a string in "{key}"')
    return value or None


def name_in(parent: JsonObject, key: str) -> str:
    """Give the string under `key`, which must be there."""
    value = text(parent, key)
    if value is None:
        raise ObjectError(f'expected a string in "{key}"')
    return value


def count(parent: JsonObject, key: str, default: int = 0) -> int:
    """Give the number under `key`; `default` when it is absent, as the API leaves out zeros."""
    value = parent.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ObjectError(f'expected a whole number in "{key}"')
    return value


def strings_in(parent: JsonObject, key: str) -> dict[str, str]:
    """Give the map of strings under `key` (labels, selectors); an empty one when it is absent or null."""
    pairs = {name: value for name, value in object_in(parent, key).items() if isinstance(value, str)}
    if len(pairs) != len(object_in(parent, key)):
        raise ObjectError(f'expected strings in "{key}"')
    return pairs
