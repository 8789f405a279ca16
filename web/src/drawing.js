// A graph as SVG: laid out by dagre, read by screen readers, walked through by the arrow keys.
import * as dagre from "@dagrejs/dagre";

const SVG = "http://www.w3.org/2000/svg";
const FONT = 13;
const SMALL = 12;
const LEADING = 1.3;
const ROOM = 18; // of the heading of a loop
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
// input, operation, output, and in a tensor network tensor, index (a dot) and leg (its open end);
// loops (id, says) are frames around the nodes and loops that are inside of them
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
  for (const { id: name, says } of picture.loops ?? []) root.append(frame(layout.node(name), says, rooms(picture, name)));
  picture.edges.forEach((edge, place) => {
    const { from, to } = edge;
    const [one, other] = [layout.node(String(from)), layout.node(String(to))];
    const way = from === to ? round(one, edge) : reaching(layout.edge(String(from), String(to), String(place)), one, other);
    root.append(drawnEdge(way, edge, `${id}-arrow`));
  });
  const nodes = picture.nodes.map((node) => drawnNode(layout.node(String(node.id)), node));
  root.append(...nodes);
  walkable(picture, nodes);
  return root;
}

function laidOut(picture, direction) {
  const layout = new dagre.graphlib.Graph({ multigraph: true, compound: true });
  const loops = picture.loops ?? [];
  const above = Math.max(0, ...loops.map(({ id }) => rooms(picture, id))) * ROOM;
  layout.setGraph({ rankdir: direction, nodesep: 24, ranksep: 32 + above / 2, edgesep: 16, marginx: 6, marginy: 6 + above });
  for (const { id, lines, role } of picture.nodes) {
    const dot = role === "index";
    const [across, down] = role === "leg" ? [6, 4] : [20, 14];
    const box = dot ? 8 : width(lines, FONT) + across;
    layout.setNode(String(id), {
      box,
      width: box + 2 * bend(picture, id),
      height: dot ? 8 : lines.length * FONT * LEADING + down,
    });
  }
  for (const { id } of loops) layout.setNode(id, {});
  for (const { id, inside } of [...picture.nodes, ...loops]) if (inside) layout.setParent(String(id), inside);
  picture.edges.forEach(({ from, to, lines }, place) => {
    if (from === to) return;
    const label = lines.length ? { width: width(lines, SMALL) + 8, height: lines.length * SMALL * LEADING + 4, labelpos: "c" } : {};
    layout.setEdge(String(from), String(to), label, String(place));
  });
  dagre.layout(layout);
  return layout;
}

// how many headings stand above each other at the top of a loop: its own, and those of loops inside
function rooms({ loops }, id) {
  return 1 + Math.max(0, ...loops.filter(({ inside }) => inside === id).map((each) => rooms({ loops }, each.id)));
}

function frame({ x, y, width: wide, height: high }, says, headings) {
  const left = x - wide / 2;
  const top = y - high / 2 - headings * ROOM + 8;
  const group = make("g", { role: "img", "aria-label": says, class: "loop" });
  group.append(
    make("rect", { x: left, y: top, width: wide, height: y + high / 2 - top, rx: 4, fill: "none", stroke: colour("line"), "stroke-width": 1.5 }),
    make("text", { x: left + 8, y: top + SMALL + 4, "font-size": SMALL, fill: colour("soft"), "aria-hidden": "true" }, says),
  );
  return group;
}

// up to the boxes themselves: a node with an arrow to itself was laid out wider
function reaching(way, one, other) {
  const points = [...way.points];
  if (one.width > one.box) points[0] = border(one, points[1]);
  if (other.width > other.box) points[points.length - 1] = border(other, points.at(-2));
  return { ...way, points };
}

// where the line from a point to the middle of a box meets its border
function border({ x, y, box, height: high }, point) {
  const [across, down] = [point.x - x, point.y - y];
  const share = Math.min(1, box / 2 / Math.abs(across), high / 2 / Math.abs(down));
  return { x: x + share * across, y: y + share * down };
}

// what an arrow from a node to itself takes at its side
function bend({ edges }, id) {
  const own = edges.find(({ from, to }) => from === id && to === id);
  return own ? width(own.lines, SMALL) + 28 : 0;
}

function round({ x, y, box }, { lines }) {
  const right = x + box / 2;
  const [wide, high] = [width(lines, SMALL), lines.length * SMALL * LEADING];
  const points = [[0, -10], [18, -16], [18, 16], [0, 10]].map(([across, down]) => ({ x: right + across, y: y + down }));
  return { points, x: right + 22 + wide / 2, y, width: wide, height: high };
}

function drawnNode({ x, y, box: wide, height: high }, { lines, full, role }) {
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
    const edges = picture.edges.filter(({ from, to }) => from !== to);
    const below = edges.filter(({ from }) => from === id).map(({ to }) => place.get(to));
    const above = edges.filter(({ to }) => to === id).map(({ from }) => place.get(from));
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
