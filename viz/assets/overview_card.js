// The card below an overview: at once what the columns say of an item, then what Python adds.

function factsAtOnce(items, i, when) {
  const facts = []
  const add = (label, text) => text && facts.push([label, text])
  add(FACTS.module, items.module[i])
  add(FACTS.shape, items.shape[i])
  if (items.count[i] > 1) add(FACTS.count, SAY.folded(items.count[i]))
  facts.push([FACTS.norm, items.norm[i] === null ? SAY.noNorm : size(items.norm[i])])
  if (items.nonfinite[i]) facts.push([FACTS.nonfinite, SAY.notFinite(items.nonfinite[i])])
  add(FACTS.fires, when)
  return facts
}

function itemCard(items, i, heading, answer, when) {
  const head = element("div", "sg-card-head")
  if (heading) head.append(element("strong", "", heading))
  const swatch = element("span", "sg-over-kind", KINDS[items.kind[i]])
  const variable = items.variable[i] && items.variable[i] !== items.title[i] ? `${items.variable[i]} = ` : ""
  head.append(element("span", "sg-card-title", variable + items.title[i]), swatch)
  const moment = answer?.moment
  if (moment?.card?.statement) head.append(element("span", "sg-card-statement", moment.card.statement))
  if (moment?.card?.source === "pytorch") head.append(element("span", "sg-card-source", "PyTorch's own formula"))
  const known = answer?.facts ?? []
  const labels = new Set(known.map(([label]) => label))
  const facts = [...known, ...factsAtOnce(items, i, when).filter(([label]) => !labels.has(label))]
  const shown = element("dl", "sg-over-facts")
  for (const [label, text] of facts) shown.append(element("div", `sg-fact-${label.replaceAll(" ", "-")}`, element("dt", "", label), element("dd", "", text)))
  const rule = moment?.card ? [...moment.card.lines.flatMap(shownLine), element("p", "sg-words", moment.card.words)] : []
  const more = answer?.words ? [element("p", "sg-words", answer.words)] : []
  return [head, shown, ...rule, ...more]
}

// --- the legend of the colours -------------------------------------------------------------------

function legendOf(legend) {
  if (legend.kind === "names") {
    return legend.entries.map(({ name, colour }) => element("span", "sg-over-key", swatch(colour), name))
  }
  const bar = element("span", "sg-over-bar")
  bar.style.background = `linear-gradient(to right, ${VIRIDIS.join(", ")})`
  const shown = [element("span", "", SAY.norm), element("span", "sg-over-end", power(legend.low)), bar, element("span", "sg-over-end", power(legend.high))]
  if (legend.odd) shown.push(element("span", "sg-over-key", swatch(ODD), "NaN, ∞"))
  return shown
}

function swatch(colour) {
  const made = element("i", "")
  made.style.background = colour
  return made
}

// 0.001 to 1000 in full, the rest as powers of ten.
function power(exponent) {
  if (Math.abs(exponent) <= 3) return String(Number(`1e${exponent}`))
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹"
  return `10${exponent < 0 ? "⁻" : ""}${[...String(Math.abs(exponent))].map((one) => digits[one]).join("")}`
}
