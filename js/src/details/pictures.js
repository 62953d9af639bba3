// What stands for a picture of another server: a button that says which, and the picture once it is
// pressed. Nothing is fetched before; pictures that an answer has in itself are the base's.
import { h, icon, linkUrl } from "../ui/dom.js";

/** @typedef {{ src: string, title: string, alt: string }} Picture */

/** The host that would be asked, for a person to decide. @param {string} url */
function hostOf(url) {
  try {
    return new URL(url).host;
  } catch {
    return "";
  }
}

/** @param {string} url @param {Picture} picture */
function remoteImage(url, { alt, title }) {
  const node = h("img", { alt, title: title || null });
  node.referrerPolicy = "no-referrer";
  node.src = url; // checked below, asked for by a click
  return node;
}

/** @param {Picture} picture @param {Element} place  where its words stand */
export function offerPicture(picture, place) {
  const url = /^https?:/i.test(picture.src) ? linkUrl(picture.src) : "";
  const words = picture.alt || "Image";
  if (!url) return place.replaceChildren(h("span", { class: "agui-image-off" }, icon("image"), words));
  const button = h(
    "button",
    { class: "agui-image-off", title: url, onclick: () => button.replaceWith(remoteImage(url, picture)) },
    icon("image"),
    `Show ${picture.alt ? `“${picture.alt}”` : "image"} from ${hostOf(url)}`,
  );
  place.replaceChildren(button);
}
