"""Altair charts of our own, made and converted without a check of each part; imports altair only.

Altair holds every mark, scale and channel against the Vega-Lite schema when it is made, and asks of
each value in a chart a dozen times what it is. That helps whoever writes a chart, and an analyst's
own charts keep it. Those of this room are the same in every report: the tests hold all of them
against the schema and against what Altair itself makes of them, so no report has to.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import altair as alt
from altair.utils import parse_shorthand, schemapi

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["as_dict", "unchecked"]

Given = ParamSpec("Given")
Made = TypeVar("Made")

_FIELD: object = alt.X.to_dict
_KNOWN: set[object] = {alt.Scale.to_dict, _FIELD, alt.XValue.to_dict, alt.XDatum.to_dict}
"""How the parts of our charts turn into dictionaries; only a field has a short form to write out."""


class _UnknownError(Exception):
    """A part that is converted in a way of its own."""


def unchecked(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Have a function that makes a chart make it without checks on the way."""

    @functools.wraps(make)
    def made(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        with schemapi.debug_mode(False):  # noqa: FBT003 - its own signature
            return make(*args, **kwargs)

    return made


def as_dict(layer: alt.Chart) -> dict[str, Any]:
    """A layer as a dictionary, equal to what Altair makes of it as a part of a chart.

    Parameters
    ----------
    layer
        A chart. One with parameters, with a data frame or without data is left to Altair.
    """
    try:
        if type(layer) is alt.Chart and isinstance(layer["data"], dict):
            made: dict[str, Any] = _object(layer)
            return made
    except _UnknownError:
        pass
    # As Altair itself converts the layers of a chart.
    inner: dict[str, Any] = {"top_level": False, "pre_transform": False, "datasets": {}}
    with alt.data_transformers.enable(consolidate_datasets=False):
        return layer.to_dict(validate=False, context=inner)


def _value(value: Any) -> Any:
    kind = type(value)
    if kind in (str, int, float, bool, type(None)):
        return value
    if kind is dict:
        return {key: _value(each) for key, each in value.items() if each is not alt.Undefined}
    if kind in (list, tuple):
        return [_value(each) for each in value]
    if isinstance(value, alt.SchemaBase) and kind.to_dict in _KNOWN:
        return _object(value)
    raise _UnknownError


def _object(part: alt.SchemaBase) -> Any:
    # Altair has no other way to read a part than its attributes, in the order they were given.
    if part._args:
        return _value(part._args[0])
    kwds: dict[str, Any] = dict(part._kwds)
    short = kwds.pop("shorthand", alt.Undefined)
    if "condition" in kwds and kwds["condition"] is not alt.Undefined:
        raise _UnknownError
    if type(part).to_dict is _FIELD:
        # Without a type in it, Altair has more to say.
        if type(short) is not str or ":" not in short:
            raise _UnknownError
        for key, each in _written_out(short).items():
            # A second end of a range, such as x2, has the type of the first.
            if key != "type" or "type" in kwds:
                kwds.setdefault(key, each)
                if kwds[key] is alt.Undefined:
                    kwds[key] = each
    if isinstance(kwds.get("mark"), str):
        kwds["mark"] = {"type": kwds["mark"]}
    return _value(kwds)


@functools.cache
def _written_out(shorthand: str) -> dict[str, Any]:
    """``year:O`` as field and type; not to be changed."""
    found: dict[str, Any] = parse_shorthand(shorthand)
    return found
