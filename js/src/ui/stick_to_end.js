// Keeps the end of a scrolled element in view while it grows, until the reader scrolls away.

const NEAR = 40; // px from the end that still count as being there

/**
 * @param {HTMLElement} scroller @param {HTMLElement} content  what grows inside it
 * @param {(pinned: boolean) => void} changed @param {AbortSignal} signal
 */
export function stickToEnd(scroller, content, changed, signal) {
  let pinned = true;
  let last = 0;

  const distance = () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  /** @param {boolean} now */
  const become = (now) => {
    if (now === pinned) return;
    pinned = now;
    changed(pinned);
  };
  const follow = () => {
    if (!pinned && distance() > NEAR) return;
    become(true); // with more room the reader may see the end without having moved
    scroller.scrollTop = scroller.scrollHeight;
    last = scroller.scrollTop;
  };
  const scrolled = () => {
    const now = scroller.scrollTop;
    // growth alone moves the end away, but never the reader upwards
    if (distance() <= NEAR) become(true);
    else if (now < last - 1) become(false);
    last = now;
  };
  scroller.addEventListener("scroll", scrolled, { passive: true, signal });
  const observer = new ResizeObserver(follow);
  observer.observe(content);
  observer.observe(scroller);
  signal.addEventListener("abort", () => observer.disconnect());
  return {
    get pinned() {
      return pinned;
    },
    /** To the end, and stay there. */
    latest() {
      become(true);
      follow();
    },
  };
}
