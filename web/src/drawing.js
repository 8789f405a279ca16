// A graph as SVG: laid out by dagre, read by screen readers, walked through by the arrow keys.
import * as dagre from "@dagrejs/dagre";

const SVG = "http://www.w3.org/2000/svg";
const FONT = 13;
const SMALL = 12;
const LEADING = 1.3;
const FAMILY = "ui-monospace, 'DejaVu Sans Mono', monospace";
// names of the page's colours, and what they are in a file of its own
const COLOURS = { paper: "#fff", ink: "#1c1e21", soft: "#5b6168", line: "#c9ced4", field: "#f6f7f9", accent: "#1558b0" };
const colour = (name) => `var(--${name})`;

const pen = document.createElement("canvas").getContext("2d");

function width(lines, size) {
  pen.font = `${size}px ${FAMILY}`;
  return Math.max(0, ...lines.map((line) => pen.measureText(line).width));
}

function make(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// picture: nodes (id, lines, full, role) and edges (from, to, lines, full, dashed); roles are
// input, operation, output, and in a tensor network tensor, index (a dot) and leg (its open end)
export function draw(picture, title, description, direction = "TB") {
  const layout = laidOut(picture, direction);
  const { width: wide, height: high } = layout.graph();
  const id = `drawing-${Math.random().toString(36).slice(2)}`;
  const root = make(
    "svg",
    {
      xmlns: SVG, viewBox: `0 0 ${Math.ceil(wide)} ${Math.ceil(high)}`, width: Math.ceil(wide), height: Math.ceil(high),
      role: "group", "aria-labelledby": `${id}-title ${id}-desc`, "font-family": FAMILY, "font-size": FONT,
    },
    make("title", { id: `${id}-title` }, title),
    make("desc", { id: `${id}-desc` }, description),
    make(
      "defs",
      {},
      make(
        "marker",
        { id: `${id}-arrow`, viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" },
        make("path", { d: "M0,0L8,4L0,8z", fill: colour("soft") }),
      ),
    ),
  );
  picture.edges.forEach((edge, place) => root.append(drawnEdge(layout.edge(String(edge.from), String(edge.to), String(place)), edge, `${id}-arrow`)));
  const nodes = picture.nodes.map((node) => drawnNode(layout.node(String(node.id)), node));
  root.append(...nodes);
  walkable(picture, nodes);
  return root;
}

function laidOut(picture, direction) {
  const layout = new dagre.graphlib.Graph({ multigraph: true });
  layout.setGraph({ rankdir: direction, nodesep: 24, ranksep: 32, edgesep: 16, marginx: 6, marginy: 6 });
  for (const { id, lines, role } of picture.nodes) {
    const dot = role === "index";
    const [across, down] = role === "leg" ? [6, 4] : [20, 14];
    layout.setNode(String(id), {
      width: dot ? 8 : width(lines, FONT) + across,
      height: dot ? 8 : lines.length * FONT * LEADING + down,
    });
  }
  picture.edges.forEach(({ from, to, lines }, place) => {
    const label = lines.length ? { width: width(lines, SMALL) + 8, height: lines.length * SMALL * LEADING + 4, labelpos: "c" } : {};
    layout.setEdge(String(from), String(to), label, String(place));
  });
  dagre.layout(layout);
  return layout;
}

function drawnNode({ x, y, width: wide, height: high }, { lines, full, role }) {
  const group = make("g", { role: "img", "aria-label": [full, ...lines.slice(1)].join(", "), class: `node ${role}`, tabindex: -1 });
  group.append(make("title", {}, full));
  if (role === "index") {
    group.append(make("circle", { cx: x, cy: y, r: 4, fill: colour("ink") }));
    return group;
  }
  const ends = { input: high / 2, tensor: 14 };
  const outline = {
    x: x - wide / 2, y: y - high / 2, width: wide, height: high, rx: ends[role] ?? 4,
    fill: colour(role === "output" ? "paper" : "field"), stroke: colour(role === "output" ? "accent" : "soft"),
    "stroke-width": role === "output" ? 2 : 1,
  };
  if (role !== "leg") group.append(make("rect", outline));
  group.append(words(lines, x, y, FONT, role === "leg" ? "accent" : "ink"));
  return group;
}

function drawnEdge({ points, x, y, width: wide, height: high }, { lines, full, dashed, plain }, arrow) {
  const path = make("path", { d: curve(points), fill: "none", stroke: colour("soft"), ...(dashed ? { "stroke-dasharray": "5 4" } : {}), ...(plain ? {} : { "marker-end": `url(#${arrow})` }) });
  const group = make("g", { class: "edge" }, make("title", {}, full), path);
  if (lines.length) {
    group.append(
      make("rect", { x: x - wide / 2, y: y - high / 2, width: wide, height: high, fill: colour("paper"), opacity: 0.9 }),
      words(lines, x, y, SMALL, "accent"),
    );
  }
  return group;
}

// through the middles of the polygon's sides, so that corners are round
function curve(points) {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  let path = `M${first.x},${first.y}`;
  for (let k = 0; k + 1 < rest.length; k++) {
    const [at, next] = [rest[k], rest[k + 1]];
    path += `Q${at.x},${at.y} ${(at.x + next.x) / 2},${(at.y + next.y) / 2}`;
  }
  return `${path}L${last.x},${last.y}`;
}

function words(lines, x, y, size, name) {
  const text = make("text", { "text-anchor": "middle", "font-size": size, fill: colour(name), "aria-hidden": "true" });
  lines.forEach((line, k) => {
    const base = y + (k - (lines.length - 1) / 2) * size * LEADING + size * 0.35;
    text.append(make("tspan", { x, y: base }, line));
  });
  return text;
}

// one stop of the Tab key; arrows lead to what a node is made of, what it is used in, and its neighbours
function walkable(picture, nodes) {
  const place = new Map(picture.nodes.map(({ id }, k) => [id, k]));
  const go = (k) => {
    nodes.forEach((node, each) => node.setAttribute("tabindex", each === k ? 0 : -1));
    nodes[k].focus();
  };
  nodes[0]?.setAttribute("tabindex", 0);
  nodes.forEach((node, k) => {
    const { id } = picture.nodes[k];
    const below = picture.edges.filter(({ from }) => from === id).map(({ to }) => place.get(to));
    const above = picture.edges.filter(({ to }) => to === id).map(({ from }) => place.get(from));
    node.addEventListener("keydown", (event) => {
      const next = { ArrowDown: below[0], ArrowUp: above[0], ArrowRight: k + 1, ArrowLeft: k - 1 }[event.key];
      if (next === undefined || !nodes[next]) return;
      event.preventDefault();
      go(next);
    });
  });
}

// each network under its formula, one drawing for each of its terms
export function drawNetworks(networks) {
  return networks.map(({ says, remark, terms }) => {
    const part = document.createElement("section");
    const head = document.createElement("h2");
    const formula = document.createElement("code");
    formula.textContent = says;
    head.append(...(remark ? [`${remark}: `] : []), formula);
    const row = document.createElement("div");
    row.className = "terms";
    row.append(...terms.map((term) => draw(term, term.says, "Lines are indices that are summed, open ends are the axes of the value.", "LR")));
    part.append(head, row);
    return part;
  });
}

// the drawing as a file of its own, with the colours of the light page
export function asFile(drawing) {
  const copy = drawing.cloneNode(true);
  for (const element of copy.querySelectorAll("[tabindex]")) element.removeAttribute("tabindex");
  const text = new XMLSerializer().serializeToString(copy);
  return text.replace(/var\(--(\w+)\)/g, (_, name) => COLOURS[name]);
}
