/** The few ways in which views touch the page. Each writes only what differs. */

/**
 * @param {ParentNode} root
 * @param {string} name value of `data-part`
 * @returns {HTMLElement}
 */
export function part(root, name) {
  const found = maybePart(root, name);
  if (!found) {
    throw new Error(`the page lacks the part ${name}`);
  }
  return found;
}

/**
 * @param {ParentNode} root
 * @param {string} name
 * @returns {HTMLElement | null}
 */
export function maybePart(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

/**
 * @param {ParentNode} root
 * @param {string} name value of `data-action`
 * @returns {HTMLButtonElement}
 */
export function action(root, name) {
  const found = root.querySelector(`[data-action="${name}"]`);
  if (!(found instanceof HTMLButtonElement)) {
    throw new Error(`the page lacks the action ${name}`);
  }
  return found;
}

/**
 * Copy a piece of the page's own markup.
 *
 * @param {ParentNode} root
 * @param {string} name of a `template` with one element
 * @returns {HTMLElement}
 */
export function piece(root, name) {
  const template = part(root, name);
  const first =
    template instanceof HTMLTemplateElement ? template.content.firstElementChild : null;
  return /** @type {HTMLElement} */ (first?.cloneNode(true));
}

/** @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** @param {HTMLElement} element @param {boolean} shown */
export function show(element, shown) {
  if (element.hidden === shown) {
    element.hidden = !shown;
  }
}

/** Say something, or take no room. @param {HTMLElement} element @param {string} text */
export function say(element, text) {
  setText(element, text);
  show(element, text !== '');
}

/** @param {HTMLElement} element @param {string} key @param {string} value */
export function setData(element, key, value) {
  if (element.dataset[key] !== value) {
    element.dataset[key] = value;
  }
}

/** @param {Element} element @param {string} name @param {string} value */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}

/**
 * Let a picture or sound play this stream, or nothing.
 *
 * @param {HTMLMediaElement} element
 * @param {MediaStream | null} stream
 * @returns {boolean} whether it changed
 */
export function attach(element, stream) {
  const changed = element.srcObject !== stream;
  if (changed) {
    element.srcObject = stream;
  }
  return changed;
}

/**
 * Let a list show one element a key, in the order given; elements of keys that
 * stay are kept, so that focus and what is read aloud stay too.
 *
 * @template T
 * @param {HTMLElement} list
 * @param {readonly T[]} items
 * @param {object} how
 * @param {(item: T) => string} how.key
 * @param {() => HTMLElement} how.make
 * @param {(element: HTMLElement, item: T) => void} how.draw
 */
export function drawList(list, items, { key, make, draw }) {
  const known = new Map(
    [...list.children].map((child) => [
      keyOf(/** @type {HTMLElement} */ (child)),
      child,
    ]),
  );
  items.forEach((item, index) => {
    const element = /** @type {HTMLElement} */ (known.get(key(item)) ?? make());
    known.delete(key(item));
    setData(element, 'key', key(item));
    draw(element, item);
    if (list.children[index] !== element) {
      list.insertBefore(element, list.children[index] ?? null);
    }
  });
  for (const left of known.values()) {
    left.remove();
  }
}

/** @param {HTMLElement} element */
function keyOf(element) {
  return element.dataset.key ?? '';
}
