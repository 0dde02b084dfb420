// Making elements, and changing a page in place: what the person has typed, opened or focused stays.

const OWNED = new Set(["open", "data-chosen"]); // attributes that belong to the person, not to the renderer

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") bind(node, value);
  else if (name === "facts") node.facts = value;
  else if (name === "key") node.dataset.key = value;
  else if (name === "colour")
    node.style.setProperty("--colour", value); // a style attribute would break the CSP
  else node.setAttribute(name, value === true ? "" : String(value));
}

// Handlers get (event, facts) and must not hold on to nodes: a repaint keeps the old node and hands it new facts.
function bind(node, handlers) {
  node.handlers = handlers;
  node.bound ??= new Set();
  for (const type of Object.keys(handlers)) {
    if (node.bound.has(type)) continue;
    node.bound.add(type);
    node.addEventListener(type, (event) => node.handlers[type]?.(event, node.facts));
  }
}

/** Make `parent`'s children look like `children`, touching as little as possible. */
export function fill(parent, ...children) {
  const fresh = document.createElement(parent.tagName);
  fresh.append(...children.flat(Infinity).filter(Boolean));
  const before = document.activeElement;
  const homes = parent.contains(before) ? above(before) : [];
  patchChildren(parent, fresh);
  if (homes.length && document.activeElement === document.body)
    homes.find(canTakeFocus)?.focus({ preventScroll: true });
}

// Where the focus may fall back to when what had it is gone: the message, the panel.
const canTakeFocus = (node) => node.isConnected && node.hasAttribute("tabindex");

function above(node) {
  const homes = [];
  for (let at = node; at; at = at.parentElement) homes.push(at);
  return homes;
}

function patch(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (fresh.dataset.rev && old.dataset.rev === fresh.dataset.rev) return;
  old.facts = fresh.facts;
  if (fresh.handlers) bind(old, fresh.handlers);
  patchAttributes(old, fresh);
  if (fresh.hasAttribute("data-mine")) patchComplaint(old, fresh);
  else patchChildren(old, fresh);
}

// A part that manages its own children still has to say what is wrong with it.
function patchComplaint(old, fresh) {
  const [mine, wanted] = [old.querySelector("input"), fresh.querySelector("input")];
  for (const name of ["aria-invalid", "aria-describedby"]) {
    if (wanted?.hasAttribute(name)) mine?.setAttribute(name, wanted.getAttribute(name));
    else mine?.removeAttribute(name);
  }
}

function patchAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (name !== "style" && !OWNED.has(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== "style" && !OWNED.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.style.cssText !== fresh.style.cssText) old.style.cssText = fresh.style.cssText;
}

function patchChildren(old, fresh) {
  const keyed = new Map([...old.childNodes].filter((n) => keyOf(n)).map((n) => [keyOf(n), n]));
  let at = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const match = findMatch(at, wanted, keyed);
    if (!match) {
      old.insertBefore(wanted, at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    else old.insertBefore(match, at);
    patch(match, wanted);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function findMatch(at, wanted, keyed) {
  const key = keyOf(wanted);
  if (key) {
    const found = keyed.get(key);
    keyed.delete(key);
    return found?.nodeName === wanted.nodeName ? found : null;
  }
  return at && !keyOf(at) && at.nodeName === wanted.nodeName ? at : null;
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.dataset.key : undefined;
}
