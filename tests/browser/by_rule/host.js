// A notebook of cells without an application around it: VS Code's own widget manager (of npm), a real
// kernel, and no subshells, as in VS Code. With ?replies a comm message passes only when it answers a
// running cell or a message of this page, as in Colab. The test drives it by run().
/* global jl, requirejs */
import { activate } from "./ipywidgets.js";

activate();
globalThis.vscIPyWidgets8.load();
requirejs.config({ paths: { anywidget: "./anywidget" } });

const out = document.getElementById("out");
const root = new URL("..", location.href).href;
const settings = jl.ServerConnection.makeSettings({ baseUrl: root, wsUrl: root.replace("http", "ws") });
const kernels = new jl.KernelManager({ serverSettings: settings });
const kernel = await kernels.startNew({ name: "python3" }, { handleComms: true });
kernel.commsOverSubshells = "disabled";
const loader = {
  widgetsRegisteredInRequireJs: new Set(),
  errorHandler: (...told) => console.error(...told),
  successHandler: () => {},
  loadWidgetScript: async () => {},
};
const manager = new globalThis.vscIPyWidgets.WidgetManager(kernel, out, loader, () => {}, undefined);
await kernel.info;

// what may be answered: the page's own comm messages, and the cell that runs
const answerable = new Set();
globalThis.dropped = 0;
const send = kernel.sendShellMessage.bind(kernel);
kernel.sendShellMessage = (message, ...rest) => {
  answerable.add(message.header.msg_id);
  return send(message, ...rest);
};
if (location.search.includes("replies")) {
  const receive = kernel._handleMessage.bind(kernel);
  kernel._handleMessage = async (message) => {
    const passes =
      message.channel !== "iopub" ||
      message.header.msg_type !== "comm_msg" ||
      answerable.has(message.parent_header?.msg_id);
    if (passes) return receive(message);
    globalThis.dropped += 1;
  };
}

/** Shows one output in the cell's element; an update goes where its display id is. */
async function show(cell, { data, transient }) {
  const view = data["application/vnd.jupyter.widget-view+json"];
  if (view) {
    const model = await manager.get_model(view.model_id);
    const place = cell.appendChild(document.createElement("div"));
    await manager.display_view({}, await manager.create_view(model, { el: place }), { node: place });
    return;
  }
  const id = transient?.display_id;
  const known = id && document.querySelector(`[data-display="${id}"]`);
  const place = known ?? cell.appendChild(document.createElement("pre"));
  if (id) place.dataset.display = id;
  place.textContent = data["text/markdown"] ?? data["text/plain"] ?? "";
}

globalThis.run = async (code) => {
  const cell = out.appendChild(document.createElement("div"));
  const future = kernel.requestExecute({ code });
  const id = future.msg.header.msg_id;
  const told = [];
  future.onIOPub = async ({ header, content }) => {
    if (content.text) told.push(content.text);
    if (header.msg_type === "error") told.push(`${content.ename}: ${content.evalue}`);
    if (content.data) await show(cell, content);
  };
  const { content } = await future.done;
  answerable.delete(id);
  return { status: content.status, told: told.join("") };
};
globalThis.stop = () => kernel.shutdown();
globalThis.ready = true;
