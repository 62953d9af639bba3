"""Outputs of frontend tools, attachments and export, in a bare page."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.fake_host import FakeHost

pytestmark = pytest.mark.browser

# one red pixel
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4"
    "z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)
TABLE = "<table><tr><th>city</th></tr><tr><td>Lisbon</td></tr></table>"


def told(output: Any = None, content: Any = "Hi") -> dict[str, Any]:
    """A user's turn and a call of a tool of ours, with its output."""
    call = {"id": "c1", "type": "function", "function": {"name": "plot", "arguments": "{}"}}
    return {
        "threadId": "t", "state": {}, "interrupts": [], "warnings": [],
        "messages": [
            {"id": "u", "role": "user", "content": content},
            {"id": "a", "role": "assistant", "toolCalls": [call]},
            {"id": "m", "role": "tool", "toolCallId": "c1", "content": "text for the model"},
        ],
        "runs": [{"runId": "r", "after": "u", "status": "success", "steps": [], "subagents": []}],
        "items": {"call:c1": {"status": "done", "by": "notebook"}},
        "outputs": {} if output is None else {"c1": output},
    }  # fmt: skip


@pytest.fixture
def host(page: Page) -> FakeHost:
    return FakeHost(page)


def shown(host: FakeHost, output: dict[str, Any]) -> Locator:
    host.open(told(output))
    return host.page.locator(".agui-output")


def frame(output: Locator) -> Any:
    return output.frame_locator("iframe").locator("body")


def test_a_picture_is_shown_with_its_text_as_its_name(host: FakeHost) -> None:
    output = shown(host, {"image/png": PNG, "text/plain": "<Figure size 1x1>"})
    expect(output.get_by_role("img", name="<Figure size 1x1>")).to_be_visible()
    assert output.locator("img").evaluate("node => node.naturalWidth") == 1


def test_several_things_that_a_tool_showed_stand_in_their_order(host: FakeHost) -> None:
    host.open(told([{"text/plain": "first"}, {"image/png": PNG, "text/plain": "second"},
                    {"application/json": {"third": 3}}]))  # fmt: skip
    outputs = host.page.locator(".agui-output")
    expect(outputs).to_have_count(3)
    expect(outputs.nth(0)).to_contain_text("first")
    expect(outputs.nth(1).get_by_role("img", name="second")).to_be_visible()
    expect(outputs.nth(2).get_by_role("tree")).to_contain_text("third")


PLOTLY = "application/vnd.plotly.v1+json"
# what a host's registry of renderers is for us: one kind, drawn as the number of its traces
REGISTRY = """kind => { host.model.widget_manager = { rendermime: {
  mimeTypes: [kind],
  createRenderer: () => ({
    node: document.createElement("figure"),
    renderModel(model) { this.node.textContent = `${model.data[kind].data.length} traces`; },
    dispose() {},
  }),
} }; }"""


def test_a_figure_is_drawn_by_a_page_that_can_and_told_as_json_by_another(host: FakeHost) -> None:
    figures = [
        {PLOTLY: {"data": [{"y": [1]}, {"y": [2]}]}},
        {PLOTLY: {"data": [], "layout": {"images": [{"source": "https://example.org/x.png"}]}}},
    ]
    host.open()
    host.page.evaluate(REGISTRY, PLOTLY)
    host.snapshot(told(figures))
    outputs = host.page.locator(".agui-output")
    expect(outputs.nth(0).locator("figure")).to_have_text("2 traces")
    outputs.nth(0).get_by_role("button", name="JSON").click()
    expect(outputs.nth(0).get_by_role("tree")).to_contain_text("data")
    expect(outputs.nth(1).get_by_role("tree")).to_contain_text("layout")
    host.open(told(figures))
    expect(host.page.locator(".agui-output").nth(0).get_by_role("tree")).to_contain_text("data")
    assert host.requests == []


def test_html_stands_in_a_frame_without_scripts_in_the_colours_of_the_theme(page: Page) -> None:
    host = FakeHost(page, "dark")
    script = "<script>document.body.textContent = 'ran'</script>"
    output = shown(host, {"text/html": TABLE + script})
    expect(frame(output)).to_contain_text("Lisbon")
    expect(output.locator("iframe")).to_have_attribute("sandbox", "")
    colour = "node => getComputedStyle(node).color"
    assert frame(output).evaluate(colour) == "rgb(255, 255, 255)"
    page.evaluate("() => { document.querySelector('.agui').style.colorScheme = 'light' }")
    expect(frame(output)).to_have_css("color", "rgb(0, 0, 0)")


def test_svg_is_drawn_in_such_a_frame_too(host: FakeHost) -> None:
    output = shown(host, {"image/svg+xml": "<svg width='9' height='40'><circle r='9'/></svg>"})
    expect(output.frame_locator("iframe").locator("circle")).to_be_visible()


def test_json_is_a_tree_and_text_is_text(host: FakeHost) -> None:
    output = shown(host, {"application/json": {"rows": [1, 2]}, "text/plain": "plain <b>"})
    expect(output.get_by_role("tree")).to_contain_text("rows")
    output.get_by_role("button", name="Text").click()
    expect(output).to_contain_text("plain <b>")
    expect(output.get_by_role("tree")).to_have_count(0)


def test_markdown_is_written_as_in_an_answer(host: FakeHost) -> None:
    output = shown(host, {"text/markdown": "# Title\n\n- one\n- two"})
    expect(output.get_by_role("heading", name="Title")).to_be_visible()
    expect(output.get_by_role("listitem")).to_have_count(2)


def test_a_bundle_of_nothing_we_show_says_so(host: FakeHost) -> None:
    output = shown(host, {"application/x-strange": "1"})
    expect(output).to_contain_text("An output of a kind that is not shown here.")


# -- attachments ---------------------------------------------------------------------------------


def upload(name: str, kind: str, data: bytes = b"abc") -> dict[str, Any]:
    return {"name": name, "mimeType": kind, "buffer": data}


def attach(host: FakeHost, *files: dict[str, Any]) -> None:
    with host.page.expect_file_chooser() as chooser:
        host.page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files(list(files))  # type: ignore[arg-type]


def test_chosen_files_are_sent_as_parts_of_their_kind(host: FakeHost) -> None:
    host.open(told())
    picture = upload("a.png", "image/png", base64.b64decode(PNG))
    attach(host, picture, upload("b.pdf", "application/pdf"))
    listed = host.page.get_by_role("list", name="Attached files").get_by_role("listitem")
    expect(listed).to_have_count(2)
    expect(listed.first.locator("img")).to_have_count(1)
    host.page.get_by_role("textbox", name="Message").fill("Look")
    host.page.get_by_role("button", name="Send").click()
    image = {"type": "data", "value": PNG, "mimeType": "image/png"}
    document = {"type": "data", "value": "YWJj", "mimeType": "application/pdf"}
    assert host.sent[-1] == {
        "kind": "send",
        "parts": [
            {"type": "text", "text": "Look"},
            {"type": "image", "source": image, "metadata": {"filename": "a.png"}},
            {"type": "document", "source": document, "metadata": {"filename": "b.pdf"}},
        ],
    }
    expect(listed).to_have_count(0)


def test_an_attached_file_is_taken_back(host: FakeHost) -> None:
    host.open(told())
    attach(host, upload("a.txt", "text/plain"))
    host.page.get_by_role("button", name="Remove a.txt").click()
    expect(host.page.get_by_text("a.txt")).to_have_count(0)
    expect(host.page.get_by_role("button", name="Send")).to_be_disabled()


def test_what_is_too_big_is_refused_with_a_sentence(host: FakeHost) -> None:
    host.open(told())
    attach(host, upload("film.mp4", "video/mp4", bytes(7_100_000)))
    expect(host.page.get_by_text("film.mp4 (7.1 MB) does not fit")).to_be_visible()


TRANSFER = """(node, kind) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["abc"], "given.txt", {type: "text/plain"}));
  const given = {bubbles: true, cancelable: true, dataTransfer: transfer, clipboardData: transfer};
  const Kind = kind === "paste" ? ClipboardEvent : DragEvent;
  node.dispatchEvent(new Kind(kind, given));
}"""


@pytest.mark.parametrize(("way", "place"), [("paste", "textbox"), ("drop", "log")])
def test_files_are_taken_from_a_paste_and_a_drop(host: FakeHost, way: str, place: Any) -> None:
    host.open(told())
    host.page.get_by_role(place).first.evaluate(TRANSFER, way)
    expect(host.page.get_by_role("list", name="Attached files")).to_contain_text("given.txt")


SHEET = """node => {
  const transfer = new DataTransfer();
  transfer.setData("text/plain", "a\\tb");
  transfer.setData("text/html", "<table></table>");
  transfer.items.add(new File(["abc"], "image.png", {type: "image/png"}));
  node.dispatchEvent(new ClipboardEvent("paste", {bubbles: true, clipboardData: transfer}));
}"""


def test_a_table_of_a_spreadsheet_is_text_and_no_picture_of_it(host: FakeHost) -> None:
    host.open(told())
    box = host.page.get_by_role("textbox", name="Message")
    box.evaluate(SHEET)
    box.evaluate(TRANSFER, "paste")
    files = host.page.get_by_role("list", name="Attached files")
    expect(files).to_contain_text("given.txt")
    expect(files.get_by_role("listitem")).to_have_count(1)


def test_files_of_a_turn_are_shown_and_remote_ones_only_named(host: FakeHost) -> None:
    remote = {"type": "url", "value": "https://elsewhere.test/cat.png"}
    parts = [
        {"type": "text", "text": "These"},
        {"type": "image", "source": {"type": "data", "value": PNG, "mimeType": "image/png"}},
        {"type": "image", "source": remote},
    ]
    host.open(told(content=parts))
    files = host.page.get_by_role("list", name="Files")
    expect(files.get_by_role("listitem")).to_have_count(2)
    expect(files.get_by_role("link", name="https://elsewhere.test/cat.png")).to_be_visible()
    assert host.requests == []


# -- export --------------------------------------------------------------------------------------


def export(host: FakeHost, item: str) -> None:
    host.page.get_by_role("button", name="Thread menu").click()
    host.page.get_by_role("menuitem", name=item).click()


def test_the_thread_is_saved_as_the_kernel_writes_it(host: FakeHost) -> None:
    host.open(told())
    export(host, "Save as Markdown")
    assert host.sent[-1] == {"kind": "export", "format": "markdown"}
    with host.page.expect_download() as download:
        host.receive({"kind": "exported", "format": "markdown", "name": "chat.md", "text": "# Hi"})
    assert download.value.suggested_filename == "chat.md"
    assert download.value.path().read_text(encoding="utf-8") == "# Hi"


def test_the_last_turn_is_run_again_from_the_menu(host: FakeHost) -> None:
    host.open(told())
    export(host, "Run the last turn again")
    assert host.sent[-1] == {"kind": "retry"}


def test_a_cell_is_copied(host: FakeHost) -> None:
    host.open(told())
    host.catch_copies()
    export(host, "Copy as notebook cell")
    host.receive({"kind": "exported", "format": "cell", "name": "cell", "text": "%%agui"})
    expect(host.page.get_by_text("Copied", exact=True)).to_be_attached()
    assert host.copied == "%%agui"


def test_another_views_export_is_not_ours(host: FakeHost) -> None:
    host.open(told())
    saved: list[Any] = []
    host.page.on("download", lambda download: saved.append(download))
    host.receive({"kind": "exported", "format": "markdown", "name": "chat.md", "text": "# Hi"})
    host.receive({"kind": "notice", "level": "info", "text": "afterwards"})
    expect(host.page.get_by_text("afterwards")).to_be_visible()
    assert saved == []


def test_a_wide_table_keeps_its_words_whole_and_scrolls(host: FakeHost) -> None:
    names = "".join(f"<th>quarter_{number}</th>" for number in range(30))
    cells = "".join(f"<td>{number}.5</td>" for number in range(30))
    rows = "".join(f"<tr><th>{row}</th>{cells}</tr>" for row in range(5))
    page = f"<table border=1><thead><tr><th></th>{names}</tr></thead><tbody>{rows}</tbody></table>"
    body = frame(shown(host, {"text/html": page, "text/plain": "df"}))
    heading = body.locator("thead th").nth(29)
    assert heading.evaluate("node => node.offsetHeight") < 30, "one line"
    expect(heading).to_have_css("border-left-width", "0px")
    wide = body.evaluate("n => [n.ownerDocument.documentElement.scrollWidth, innerWidth]")
    assert wide[0] > wide[1], "and the rest is a scroll away"
    body.evaluate("() => scrollTo(400, 0)")
    first = body.locator("tbody th").first
    assert first.evaluate("node => node.getBoundingClientRect().left") < 20, "the index stays"


# -- the user's data -----------------------------------------------------------------------------

DATA = "application/vnd.agui-notebook.table+json"


def wide(rows: int = 60, columns: int = 24) -> dict[str, Any]:
    """A table as the kernel tells of it: an index, a text, numbers."""
    heads = [{"name": "day", "index": True}, {"name": "the city's whole name"}]
    heads += [{"name": f"quarter_{n}", "number": True, "decimals": 2} for n in range(columns)]
    body = [
        [f"2026-01-{n + 1:02}", "São João da Madeira", *(f"{n * 7.5 + c}" for c in range(columns))]
        for n in range(rows)
    ]
    size = {"count": 12_000, "width": columns + 1, "cut": 0}
    return {DATA: {"columns": heads, "rows": body, **size}, "text/plain": "df"}


def test_a_wide_table_scrolls_by_itself_with_head_and_index_in_sight(host: FakeHost) -> None:
    output = shown(host, wide())
    grid = output.get_by_role("region", name="Table, 12,000 rows × 25 columns")
    expect(grid.get_by_role("row")).to_have_count(11)  # the head and ten
    output.get_by_role("button", name="50 more rows").click()
    expect(grid.get_by_role("row")).to_have_count(61)
    expect(grid).to_be_focused()

    assert grid.get_by_role("columnheader").nth(20).evaluate("n => n.offsetHeight") < 32, "one line"
    number = grid.get_by_role("cell", name="7.50", exact=True).first
    expect(number).to_have_css("text-align", "right")
    wider = host.page.locator(".agui-row.agui-wide")
    assert wider.evaluate("n => n.offsetWidth") > 760, "all of the widget's width"
    grid.evaluate("node => node.scrollTo(500, 300)")
    box = grid.bounding_box()
    first = grid.get_by_role("rowheader").nth(20).bounding_box()
    head = grid.get_by_role("columnheader", name="quarter_9").bounding_box()
    assert box
    assert first
    assert head
    assert abs(first["x"] - box["x"]) < 3, "the index stays"
    assert abs(head["y"] - box["y"]) < 3, "the head stays"


def test_a_table_is_copied_as_csv_with_all_digits(host: FakeHost) -> None:
    columns = [{"name": "a, b"}, {"name": "x", "number": True, "decimals": 1}]
    table = {"columns": columns, "rows": [["<b>", "1.25"]], "count": 1, "width": 2, "cut": 0}
    output = shown(host, {DATA: table, "text/plain": "df"})
    host.catch_copies()
    expect(output.get_by_role("cell", name="<b>")).to_be_visible()
    output.get_by_role("button", name="Copy as CSV").click()
    host.page.wait_for_function("() => document.querySelector('.agui').textContent.includes('CSV')")
    assert host.copied == '"a, b",x\n<b>,1.25\n'


def test_a_table_nobody_could_have_sent_is_its_text(host: FakeHost) -> None:
    output = shown(host, {DATA: {"columns": 3}, "text/plain": "the frame"})
    expect(output.locator("pre")).to_have_text("the frame")


def test_a_click_makes_a_picture_large_and_escape_gives_the_focus_back(host: FakeHost) -> None:
    output = shown(host, {"image/png": PNG, "text/plain": "<Figure>"})
    enlarge = output.get_by_role("button", name="Enlarge")
    enlarge.focus()
    host.page.keyboard.press("Enter")
    dialog = host.page.get_by_role("dialog", name="<Figure>")
    expect(dialog.get_by_role("img", name="<Figure>")).to_be_visible()
    host.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(enlarge).to_be_focused()
    assert {"kind": "stop"} not in host.sent
    output.get_by_role("img").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
