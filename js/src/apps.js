// Pages that come with tools of MCP servers (MCP Apps): a module of its own, asked of the kernel when
// there first is one (details/output.js).
import styles from "./apps.css";
import { app } from "./apps/app.js";

export { app, styles };
