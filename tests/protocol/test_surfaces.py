"""Surfaces as they are read out of a conversation: the three forms, updates, and hostile ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agui_notebook.protocol import Surface, new_document, outline, read_surfaces, read_tree
from agui_notebook.tools import read_partial

Json = dict[str, Any]
USER: Json = {"id": "u", "role": "user", "content": "hi"}
CREATE = {"version": "v0.9", "createSurface": {"surfaceId": "s", "catalogId": "basic"}}


def text(name: str, said: Any = "hello") -> Json:
    return {"id": name, "component": "Text", "text": said}


def column(*children: str) -> Json:
    return {"id": "root", "component": "Column", "children": list(children)}


def components(*listed: Any) -> Json:
    return {"version": "v0.9", "updateComponents": {"surfaceId": "s", "components": list(listed)}}


def data(value: Any = None, path: str = "/", **more: Any) -> Json:
    body = {"surfaceId": "s", "path": path, **({} if value is None else {"value": value})}
    return {"version": "v0.9", "updateDataModel": {**body, **more}}


def result(*operations: Any, call: str = "c1") -> Json:
    content = json.dumps({"a2ui_operations": operations})
    return {"id": f"t-{call}", "role": "tool", "toolCallId": call, "content": content}


def rendering(arguments: str) -> Json:
    called = {"name": "render_a2ui", "arguments": arguments}
    return {
        "id": "a",
        "role": "assistant",
        "toolCalls": [{"id": "c1", "type": "function", "function": called}],
    }


def read(*messages: Any, **items: Any) -> list[Surface]:
    document = new_document("t", list(messages), None)
    document["items"].update({f"call:{name}": item for name, item in items.items()})
    return read_surfaces(document, read_partial)


def shown(surface: Surface) -> str:
    return outline(surface, read_tree(surface))


def test_the_three_forms_that_servers_send_come_to_the_same() -> None:
    parts: list[Json] = [column("t"), text("t", {"path": "/said"})]
    given = {"surfaceId": "s", "components": parts, "data": {"said": "hello"}}
    operations = [CREATE, components(*parts), data({"said": "hello"})]
    activity = {
        "id": "act",
        "role": "activity",
        "activityType": "a2ui-surface",
        "content": {"a2ui_operations": operations},
    }
    (called,) = read(USER, rendering(json.dumps(given)))
    (answered,) = read(USER, result(*operations))
    (active,) = read(USER, activity)
    assert [one.place for one in (called, answered, active)] == ["c1", "c1", "message:act"]
    for one in (called, answered, active):
        assert one.components == {"root": parts[0], "t": parts[1]}
        assert (one.data, one.live, one.whole) == ({"said": "hello"}, True, True)
        assert shown(one) == "hello"


def test_version_one_creates_a_surface_with_all_that_is_in_it() -> None:
    body = {"surfaceId": "s", "catalogId": "x", "components": [text("root")], "dataModel": {"a": 1}}
    (surface,) = read(result({"version": "v1.0", "createSurface": body}))
    assert (shown(surface), surface.data) == ("hello", {"a": 1})


def test_arguments_are_drawn_while_they_stream_as_far_as_they_are_whole() -> None:
    begun = '{"surfaceId": "s", "components": [' + json.dumps(text("root")) + ', {"id": "t", "comp'
    (surface,) = read(USER, rendering(begun), c1={"status": "open"})
    assert (list(surface.components), surface.whole) == (["root"], False)


def test_a_result_that_is_written_twice_over_is_read() -> None:
    once = json.dumps({"a2ui_operations": [CREATE, components(text("root"))]})
    message = {"id": "t", "role": "tool", "toolCallId": "c", "content": json.dumps(once)}
    assert [shown(one) for one in read(message)] == ["hello"]


def test_updates_go_to_the_surface_where_it_stands_also_in_a_later_turn() -> None:
    later = result(components(text("root", "bye")), call="c2")
    (surface,) = read(USER, result(CREATE, components(text("root"))), USER, later)
    assert (surface.place, shown(surface)) == ("c1", "bye")


def test_made_again_within_a_turn_it_is_the_same_and_in_a_later_turn_another() -> None:
    first = result(CREATE, components(text("root")))
    again = result(CREATE, components(text("root", "again")), call="c2")
    assert [(s.place, shown(s), s.live) for s in read(USER, first, again)] == [
        ("c1", "again", True)
    ]
    assert [(s.place, shown(s), s.live) for s in read(USER, first, USER, again)] == [
        ("c1", "hello", False),
        ("c2", "again", True),
    ]


def test_a_deleted_surface_is_no_more_and_its_name_is_free() -> None:
    gone = {"version": "v0.9", "deleteSurface": {"surfaceId": "s"}}
    first, second = read(
        USER,
        result(CREATE, components(text("root")), gone, CREATE, components(text("root", "new"))),
    )
    assert (first.deleted, second.deleted, shown(second)) == (True, False, "new")


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([data({"a": 1})], {"a": 1}),
        ([data({"a": 1}), data(2, "/b/c")], {"a": 1, "b": {"c": 2}}),
        ([data({"a": [1, 2]}), data(9, "/a/1"), data(3, "/a/2")], {"a": [1, 9, 3]}),
        ([data({"a": 1, "b": 2}), data(path="/a")], {"b": 2}),
        ([data({"a": [1, 2]}), data(path="/a/0")], {"a": [2]}),
        ([data({"a": [1]}), data(5, "/a/7"), data(5, "/a/x")], {"a": [1]}),
        ([data({"a/b": 1}), data(2, "/a~1b")], {"a/b": 2}),
        ([data({"a": 1}), data()], {}),
    ],
)
def test_the_data_model_is_changed_at_its_places(operations: list[Any], expected: Any) -> None:
    (surface,) = read(result(CREATE, components(text("root")), *operations))
    assert surface.data == expected


def test_reading_changes_no_message() -> None:
    message = result(CREATE, components(text("root")), data({"a": {"b": 1}}), data(2, "/a/b"))
    before = json.dumps(message)
    assert [read(message)[0].data for _ in range(2)] == [{"a": {"b": 2}}] * 2
    assert json.dumps(message) == before


def test_a_template_stands_once_for_each_item_with_its_own_paths() -> None:
    listed = {"id": "root", "component": "List", "children": {"componentId": "x", "path": "/all"}}
    (surface,) = read(
        result(
            CREATE,
            components(listed, text("x", {"path": "name"})),
            data({"all": [{"name": "Ada"}, {"name": "Bob"}]}),
        )
    )
    tree = read_tree(surface)
    assert [one.key for one in tree.instances] == ["root|", "x|/all/0", "x|/all/1"]
    assert outline(surface, tree) == "Ada\nBob"


def problems(*listed: Any, of: Any = None) -> list[str]:
    (surface,) = read(result(CREATE, components(*listed), data(of or {"x": 1})))
    return read_tree(surface).problems


def test_circles_strangers_and_gaps_are_sentences() -> None:
    flash = {"id": "f", "component": "Flash"}
    assert problems(column("root", "f", "gone", "t"), flash, text("t")) == [
        "The component 'root' contains itself.",
        "It wants a 'Flash', which there is not here.",
        "It names a component 'gone', which it does not have.",
    ]


def test_ten_thousand_components_are_a_sentence_and_none_is_drawn() -> None:
    (surface,) = read(result(CREATE, components(*(text(f"t{n}") for n in range(10_000)))))
    assert surface.components == {}
    assert shown(surface) == (
        "The agent's surface has 10,000 components, more than the 1,000 that are drawn."
    )


def test_depth_and_repetition_end_in_a_sentence() -> None:
    chain = [{"id": f"c{n}", "component": "Card", "child": f"c{n + 1}"} for n in range(200)]
    deep = [{"id": "root", "component": "Card", "child": "c0"}, *chain]
    assert problems(*deep) == ["It is nested more than 40 deep."]
    doubling = [
        {"id": f"c{n}", "component": "Row", "children": [f"c{n + 1}"] * 2} for n in range(30)
    ]
    assert problems(column("c0"), *doubling, text("c30")) == [
        "Only the first 3,000 of its parts are drawn."
    ]
    template = {"id": "root", "component": "List", "children": {"componentId": "x", "path": "/x"}}
    assert problems(template, text("x"), of={"x": [0] * 50_000}) == [
        "Only the first 3,000 of its parts are drawn."
    ]


@pytest.mark.parametrize(
    "odd",
    [
        None,
        5,
        "createSurface",
        [],
        {"createSurface": None},
        {"createSurface": {"surfaceId": ["s"]}},
        {"updateComponents": {"surfaceId": "s", "components": {"id": "root"}}},
        {"updateComponents": {"surfaceId": "s", "components": [None, 5, {"id": 5}, {"id": "x"}]}},
        {"updateDataModel": {"surfaceId": "s", "path": {"a": 1}, "value": "text"}},
        {"deleteSurface": {"surfaceId": "other"}},
        {"launchMissiles": {"surfaceId": "s"}},
    ],
)
def test_what_is_no_operation_breaks_nothing(odd: Any) -> None:
    surfaces = read(USER, result(odd, CREATE, components(text("root"))))
    assert [shown(one) for one in surfaces if one.components] == ["hello"]


@pytest.mark.parametrize(
    "content", ["a2ui_operations", '{"a2ui_operations": 5}', '"a2ui_operations"', "[1]", "{"]
)
def test_a_result_that_only_speaks_of_operations_holds_none(content: str) -> None:
    assert read({"id": "t", "role": "tool", "toolCallId": "c", "content": content}) == []


@pytest.mark.parametrize("children", [{"componentId": 5}, {"path": "/x"}, "t", 5, [None, {"a": 1}]])
def test_odd_children_are_none(children: Any) -> None:
    assert problems({"id": "root", "component": "Column", "children": children}) == []


def test_what_a_middleware_says_of_a_surface_on_its_way_is_a_sentence() -> None:
    activity = {"id": "m", "role": "activity", "activityType": "a2ui-surface"}
    (surface,) = read({**activity, "content": {"status": "building", "progressTokens": 20}})
    assert (surface.components, surface.said) == ({}, "The agent describes a surface.")


@pytest.mark.parametrize(
    "message",
    [
        rendering('{"surfaceId": "s"}'),
        rendering('["components"]'),
        {"id": "act", "role": "activity", "activityType": "progress", "content": {"done": 1}},
        {"id": "act", "role": "activity", "activityType": "a2ui-surface", "content": ["x"]},
        {"id": "act", "role": "activity", "activityType": "a2ui-surface", "content": {"status": 1}},
    ],
    ids=["no components", "no object", "another activity", "a list", "a status nobody knows"],
)
def test_what_describes_nothing_is_no_surface(message: Json) -> None:
    assert read(USER, message) == []


def test_a_field_is_told_with_its_label_and_what_is_in_it() -> None:
    guest = {"id": "root", "component": "TextField", "label": "Guest", "value": {"path": "/guest"}}
    (surface,) = read(USER, result(CREATE, components(guest), data({"guest": "Ada"})))
    assert shown(surface) == "Guest: Ada"


def test_a_path_below_a_text_leads_nowhere() -> None:
    deeper = text("root", {"path": "/said/more"})
    (surface,) = read(USER, result(CREATE, components(deeper), data({"said": "hello"})))
    assert shown(surface) == "A surface of the agent's."
