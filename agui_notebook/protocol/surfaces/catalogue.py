"""The basic catalogue of A2UI as we draw it: each component's properties, and which it needs.

Facts of the A2UI documents in the fewest words that a model can work with. Data only.
"""

from __future__ import annotations

from ...values import JsonObject

BASIC_ID = "https://a2ui.org/specification/v0_9/basic_catalog.json"
OWN_ID = "agui-notebook:catalogue"  # the basic one and components of the user's

_TEXT: JsonObject = {"description": 'a string, or {"path": "/place/in/the/data"}'}
_ID: JsonObject = {"type": "string", "description": "id of another component"}
_CHILDREN: JsonObject = {
    "description": 'a list of ids, or {"componentId": id, "path": "/list"} for one per item'
}
_ACTION: JsonObject = {"description": '{"event": {"name": "what_happened", "context": {}}}'}
_CHECKS: JsonObject = {"type": "array", "items": {"type": "object"}}
_ALIGN: JsonObject = {"enum": ["start", "center", "end", "stretch"]}
_JUSTIFY: JsonObject = {
    "enum": ["start", "center", "end", "spaceBetween", "spaceAround", "spaceEvenly", "stretch"]
}


def _component(*needs: str, **properties: JsonObject) -> JsonObject:
    return {"type": "object", "properties": properties, "required": list(needs)}


def _one_of(*words: str) -> JsonObject:
    return {"enum": list(words)}


BASIC: dict[str, JsonObject] = {
    "Text": _component(
        "text", text=_TEXT, variant=_one_of("h1", "h2", "h3", "h4", "h5", "caption", "body")
    ),
    "Image": _component("url", url=_TEXT, description=_TEXT, fit={"type": "string"}),
    "Icon": _component("name", name=_TEXT),
    "Video": _component("url", url=_TEXT),
    "AudioPlayer": _component("url", url=_TEXT, description=_TEXT),
    "Row": _component("children", children=_CHILDREN, justify=_JUSTIFY, align=_ALIGN),
    "Column": _component("children", children=_CHILDREN, justify=_JUSTIFY, align=_ALIGN),
    "List": _component("children", children=_CHILDREN, direction=_one_of("vertical", "horizontal")),
    "Card": _component("child", child=_ID),
    "Tabs": _component("tabs", tabs={"type": "array", "items": _component("title", "child")}),
    "Modal": _component("trigger", "content", trigger=_ID, content=_ID),
    "Divider": _component(axis=_one_of("horizontal", "vertical")),
    "Button": _component(
        *("child", "action"),
        child=_ID,
        action=_ACTION,
        checks=_CHECKS,
        variant=_one_of("default", "primary", "borderless"),
    ),
    "TextField": _component(
        "label",
        label=_TEXT,
        value=_TEXT,
        checks=_CHECKS,
        variant=_one_of("shortText", "longText", "number", "obscured"),
    ),
    "CheckBox": _component("label", "value", label=_TEXT, value=_TEXT),
    "ChoicePicker": _component(
        *("options", "value"),
        label=_TEXT,
        options={"type": "array", "items": _component("label", "value")},
        value=_TEXT,
        variant=_one_of("mutuallyExclusive", "multipleSelection"),
    ),
    "Slider": _component(
        *("max", "value"), label=_TEXT, min={"type": "number"}, max={"type": "number"}, value=_TEXT
    ),
    "DateTimeInput": _component(
        "value",
        value=_TEXT,
        label=_TEXT,
        enableDate={"type": "boolean"},
        enableTime={"type": "boolean"},
    ),
}
