// Keeps the end of a scrolled element in view while it grows, until the reader scrolls away; and the
// reader's place where the element is hidden or taken off the page for a while.

const NEAR = 40; // px from the end at which one who scrolls down has come back to it

class End {
  pinned = true;
  #last = 0;
  #away = false; // it has no size: another tab is shown, or the cell is off the page

  /** @param {HTMLElement} scroller @param {(pinned: boolean) => void} changed */
  constructor(scroller, changed) {
    this.scroller = scroller;
    this.changed = changed;
  }

  get #distance() {
    const { scrollHeight, clientHeight, scrollTop } = this.scroller;
    return scrollHeight - clientHeight - scrollTop;
  }

  /** @param {boolean} pinned */
  #become(pinned) {
    if (pinned === this.pinned) return;
    this.pinned = pinned;
    this.changed(pinned);
  }

  follow = () => {
    const { scroller } = this;
    const back = this.#away;
    this.#away = !scroller.clientHeight;
    if (this.#away) return;
    if (back && !this.pinned) scroller.scrollTop = this.#last; // hosts lose it with the size
    if (!this.pinned && this.#distance > 1) return;
    this.#become(true); // with more room the reader may see the end without having moved
    scroller.scrollTop = scroller.scrollHeight;
    this.#last = scroller.scrollTop;
  };

  scrolled = () => {
    if (this.#away || !this.scroller.clientHeight) return;
    const now = this.scroller.scrollTop;
    // growth alone moves the end away, but never the reader upwards; a trackpad does, by 8 px
    if (now < this.#last - 1 && this.#distance > 1) this.#become(false);
    else if (now > this.#last && this.#distance <= NEAR) this.#become(true);
    this.#last = now;
  };

  /** The reader is to be somewhere else. */
  leave() {
    this.#become((this.#away = false));
  }

  /** To the end, and stay there. */
  latest() {
    this.#become(true);
    this.follow();
  }
}

/**
 * @param {HTMLElement} scroller @param {HTMLElement} content  what grows inside it
 * @param {(pinned: boolean) => void} changed @param {AbortSignal} signal
 */
export function stickToEnd(scroller, content, changed, signal) {
  const end = new End(scroller, changed);
  scroller.addEventListener("scroll", end.scrolled, { passive: true, signal });
  const observer = new ResizeObserver(end.follow);
  observer.observe(content);
  observer.observe(scroller);
  signal.addEventListener("abort", () => observer.disconnect());
  return end;
}
