// Keeps nodes in order inside a list of pages, a few nodes each, so that the browser can skip a whole
// page that is out of sight. What the nodes are is their owner's business.
import { div } from "./dom.js";

const ROOM = 20; // nodes per page

/**
 * Whether `node` already stands right before `next` (null: at the end).
 * @param {Element} list @param {Element} node @param {Element | null} next
 */
function inOrder(list, node, next) {
  const page = node.parentElement;
  if (page?.parentElement !== list) return false;
  if (node.nextElementSibling) return node.nextElementSibling === next;
  return (page.nextElementSibling?.firstElementChild ?? null) === next;
}

/** The page that takes a node before `next`. @param {Element} list @param {Element | null} next */
function pageFor(list, next) {
  const page = next ? next.parentElement : list.lastElementChild;
  const full = !page || page.childElementCount >= ROOM;
  if (!full || (next && page?.firstElementChild !== next)) return /** @type {Element} */ (page);
  const made = div("agui-page-of-rows");
  list.insertBefore(made, next && page);
  return made;
}

/**
 * Puts `node` right before `next`, or at the end.
 * @param {Element} list @param {Element} node @param {Element | null} next
 */
export function putBefore(list, node, next) {
  if (inOrder(list, node, next)) return;
  const left = node.parentElement;
  const page = pageFor(list, next);
  page.insertBefore(node, next?.parentElement === page ? next : null);
  if (left && !left.firstElementChild) left.remove();
}

/** Takes a node off its page, and the page if it was the last. @param {Element} node */
export function takeOff(node) {
  const page = node.parentElement;
  node.remove();
  if (page && !page.firstElementChild) page.remove();
}
