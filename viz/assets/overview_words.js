// Every sentence and sign that the overview writes, once.

const MINUS = "−"
const SAY = {
  start: (count) => `Start: the gradient of the loss is sent into the graph; ${count} ${count === 1 ? "step" : "steps"} follow.`,
  heading: (index, last) => (index ? `Step ${index} of ${last}` : "Start"),
  sends: (name, norm, to) => `${name} sends ${norm === null ? "gradients" : `gradients of norm ${size(norm)}`} to ${to}.`,
  accumulates: (name, norm) => `${name} accumulates a gradient${norm === null ? "" : ` of norm ${size(norm)}`}.`,
  ends: (name, norm) => `${name} has received a gradient${norm === null ? "" : ` of norm ${size(norm)}`} and sends nothing on.`,
  more: (count) => `${count} more`,
  none: "none",
  inSight: (count) => `${count} in sight; Enter: all`,
  hits: (at, count) => `${at} of ${count}`,
  selected: (name, kind) => `Selected: ${name}${kind ? `, ${kind}` : ""}`,
  shown: (shown, hidden) => (hidden ? `${shown.toLocaleString("en")} boxes shown, ${hidden.toLocaleString("en")} operations folded inside` : `${shown.toLocaleString("en")} boxes`),
  opened: (name) => `${name} is open.`,
  graph: "Whole graph",
  close: (name) => `Fold ${name} again`,
  open: "Open",
  opensBy: "Enter, or a click, opens it",
  folded: (count) => `${count.toLocaleString("en")} operations`,
  waits: "has not fired yet",
  noWebgl: "This browser offers no WebGL, which draws large graphs: the steps below still tell everything.",
  asking: "…",
  norm: "gradient norm",
  noNorm: "none arrived",
  notFinite: (count) => `${count.toLocaleString("en")} NaN or infinite`,
  other: "other",
  outside: "outside of modules",
  fold: "folded block",
}
const FACTS = { module: "module", place: "where", variable: "variable", shape: "shape", value: "value", norm: "gradient norm", gradient: "gradient", nonfinite: "not finite", fires: "fires", count: "inside" }
const KINDS = { group: "folded block", operation: "operation", leaf: "leaf", constant: "constant", output: "output" }

// About three significant digits, as viz/rules/numbers.py writes them.
function size(number) {
  if (number === null || number === undefined) return "–"
  if (Number.isNaN(number)) return "NaN"
  const magnitude = Math.abs(number)
  const sign = number < 0 ? MINUS : ""
  if (magnitude === Infinity) return `${sign}∞`
  if (magnitude === 0) return "0"
  if (magnitude >= 1e-4 && magnitude < 1e6) {
    return sign + (magnitude >= 1000 ? String(Math.round(magnitude)) : String(Number(magnitude.toPrecision(3))))
  }
  const [mantissa, exponent] = magnitude.toExponential(2).split("e")
  return `${sign}${Number(mantissa)}e${exponent.replace("+", "").replace("-", MINUS)}`
}

function list(names, most = 3) {
  const shown = names.slice(0, most)
  if (names.length > most) shown.push(SAY.more(names.length - most))
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`
}
