// What may stand on the page of a chat, whatever an agent sent: returns every breach as a sentence.
// Evaluated in the page by test_hostile.py; `before` is what `remember` noted before the chat opened.
({
  remember() {
    const look = ({ color, display, position, fontFamily }) => ({ color, display, position, fontFamily });
    const sentinel = document.getElementById("sentinel");
    globalThis.before = {
      names: Object.getOwnPropertyNames(Object.prototype).join(),
      body: document.body,
      host: globalThis.host,
      place: document.getElementById("place"),
      look: JSON.stringify([sentinel, document.body].map((node) => look(getComputedStyle(node)))),
      look_of: look,
    };
  },

  breaches() {
    const found = [];
    const note = (why, node) => found.push(`${why}: ${node.outerHTML.slice(0, 300)}`);
    const HTML = new Set(
      (
        "a b blockquote br button code dd del details dialog div dl dt em footer h1 h2 h3 h4 h5 h6 header hr iframe img input " +
        "kbd label li main mark nav ol optgroup option p pre s section select small span strong style sub summary sup " +
        "table tbody td textarea th thead time tr ul"
      ).split(" "),
    );
    const SVG = new Set(["svg", "path"]);
    const MATH = /^(m[a-z]+|none)$/;
    const TARGETS =
      /^(xlink:href|action|formaction|data|poster|srcset|background|ping|cite|longdesc|usemap|manifest|codebase)$/;
    const known = (node) =>
      node instanceof HTMLElement
        ? HTML.has(node.localName)
        : node instanceof SVGElement
          ? SVG.has(node.localName) && Boolean(node.closest(".agui-icon"))
          : MATH.test(node.localName) && !["maction", "mglyph", "annotation-xml"].includes(node.localName);
    const rules = {
      href: (value) => /^(https?:\/\/|mailto:)/i.test(value),
      src: (value) => /^data:image\/(png|jpeg|gif|webp|avif|bmp);base64,[A-Za-z0-9+/=\s]*$/.test(value),
      id: (value) => /^agui-[a-z0-9]+-\d+(-[a-z0-9]+)?$/.test(value),
      name: (value) => /^agui-[a-z0-9]+-\d+$/.test(value),
      srcdoc: (value, node) => node.getAttribute("sandbox") === "" && value.includes("default-src 'none'"),
      style: (value) => !/url\(|expression|fixed|@import|image-set/i.test(value),
      target: (value, node) => value === "_blank" && /\bnoopener\b/.test(node.rel),
    };
    for (const node of document.getElementById("place").querySelectorAll("*")) {
      if (!known(node)) note("element", node);
      if (node.localName === "iframe" && node.getAttribute("sandbox") !== "") note("frame", node);
      if (node.localName === "style" && !/^(?:\.agui)+\s*\{/.test(node.textContent))
        note("style sheet", node);
      for (const { name, value } of node.attributes) {
        if (name.startsWith("on") || TARGETS.test(name)) note("attribute", node);
        if (rules[name] && !rules[name](value, node)) note(name, node);
      }
    }
    return [...found, ...this.outside()];
  },

  /** Breaches beyond the widget: its page, its neighbours, the language itself. */
  outside() {
    const found = [];
    const sentinel = document.getElementById("sentinel");
    const look = JSON.stringify(
      [sentinel, document.body].map((node) => before.look_of(getComputedStyle(node))),
    );
    const same = { body: document.body, host: globalThis.host, place: document.getElementById("place") };
    for (const name in same) if (same[name] !== before[name]) found.push(`${name} was replaced`);
    if (look !== before.look) found.push(`the page's look changed: ${look}`);
    if (Object.getOwnPropertyNames(Object.prototype).join() !== before.names)
      found.push("Object.prototype was changed");
    for (const name of ["location", "document", "alert", "customElements", "window"])
      if (globalThis[name] instanceof Element) found.push(`window.${name} was clobbered`);
    for (const name of ["cookie", "getElementById", "childNodes", "firstChild"])
      if (document[name] instanceof Element) found.push(`document.${name} was clobbered`);
    sentinel.scrollIntoView();
    const { x, y, width, height } = sentinel.getBoundingClientRect();
    if (document.elementFromPoint(x + width / 2, y + height / 2) !== sentinel)
      found.push("something lies over the page");
    if (document.documentElement.scrollWidth > innerWidth)
      found.push("the page became wider than its window");
    if (ran.length) found.push(`a script ran: ${ran}`);
    return found;
  },
});
