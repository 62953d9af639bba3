// Runs in every frame before the page does: notes when the two marks appear, how long the main
// thread was held and how far apart frames were. Only looks; changes nothing of the page.
(() => {
  const seen = { first: null, last: null, longest: 0, gap: 0, frames: 0 };
  const top = () => { try { return window.top.__bench ? window.top : window; } catch { return window; } };
  window.__bench = seen;
  let previous = 0;
  const note = (name) => {
    const record = top().__bench;
    if (record[name] === null) {
      record[name] = 0;
      requestAnimationFrame(() => setTimeout(() => { record[name] = Date.now(); }));
    }
  };
  const look = (text) => {
    if (top().__bench.first === null && text.slice(0, 4000).includes(`FIRSTMARK${window.__benchName}`)) note("first");
    if (text.slice(-4000).includes(`LASTMARK${window.__benchName}`)) note("last");
  };
  const observe = (root) => new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "characterData") look(record.target.data);
      for (const node of record.addedNodes) look(node.textContent ?? "");
    }
  }).observe(root, { childList: true, subtree: true, characterData: true });
  observe(document);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    observe(root);
    return root;
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const record = top().__bench;
      record.longest = Math.max(record.longest, entry.duration);
    }
  }).observe({ type: "longtask", buffered: false });
  const frame = (now) => {
    if (previous) seen.gap = Math.max(seen.gap, now - previous);
    previous = now;
    seen.frames += 1;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.__benchReset = (name) => {
    window.__benchName = name;
    Object.assign(seen, { first: null, last: null, longest: 0, gap: 0, frames: 0 });
  };
})();
