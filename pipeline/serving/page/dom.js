/** Elements are built by script from text nodes only: nothing that a text says can become markup. */

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element; attributes that are null or false are left out, children are nodes or strings (taken as text). */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element, likewise. */
export function drawing(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** Text that is heard, not seen. */
export function spoken(text) {
  return element("span", { class: "spoken" }, text);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** `number` things, with the thousands set apart. */
export function counted(number, noun, nouns = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : nouns}`;
}
