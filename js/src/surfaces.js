// Surfaces that an agent describes (A2UI): a module of its own, asked of the kernel when there first
// is one (details/output.js).
import styles from "./surfaces.css";
import { surface } from "./surfaces/surface.js";

export { styles, surface };
