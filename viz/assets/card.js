// Draws the rule card: text only, never markup. Joined to stepper.js, whose Stage shows it.
//
// A line has parts (runs of text, matrices, empty boxes) and may have one equation for each element of its
// result: the one that is pointed at is shown, at a fixed place below the line.

// By whether the engine has the formula's local derivative.
const AGREES = {
  agrees: "✓ local derivative and result agree",
  unchecked: "✓ the engine sent the same",
}
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }

function element(tag, name, ...children) {
  const made = document.createElement(tag)
  if (name) made.className = name
  made.append(...children)
  return made
}

function card(moment) {
  const head = element("div", "sg-card-head", element("strong", "", moment.heading))
  if (!moment.card) return [head, element("p", "sg-words", moment.say.replace(`${moment.heading}: `, ""))]
  const { title, statement, lines, words, source } = moment.card
  head.append(element("span", "sg-card-title", title))
  if (statement) head.append(element("span", "sg-card-statement", statement))
  if (source === "pytorch") head.append(element("span", "sg-card-source", "PyTorch's own formula"))
  return [head, ...lines.flatMap(shownLine), element("p", "sg-words", words)]
}

function badge(side) {
  const made = element("b", "sg-badge", side)
  made.dataset.side = side
  return made
}

// One line of the card, and the place of its elements' equations, if it has some.
function shownLine(line) {
  const made = element("div", "sg-formula")
  const shown = line.parts.map(part)
  const [first, , last] = line.product ?? []
  const picture = element("div", "sg-picture", ...shown.slice(first, last + 1))
  // The picture of a product wraps as a whole, so that its three matrices stay in one row.
  if (line.product) made.append(...shown.slice(0, first), picture, ...shown.slice(last + 1))
  else made.append(...shown)
  const notes = Math.max(0, ...line.parts.map((one) => (one.note ? one.note.split("\n").length : 0)))
  if (notes) made.classList.add(line.product ? "sg-product" : `sg-notes-${notes}`)
  if (line.elements?.length) return [made, elements(line, shown)]
  if (notes) return [made, element("div", "sg-verdict", ...verdict(line))]
  made.append(...verdict(line))
  return [made]
}

function verdict(line) {
  if (line.engine === "differs") return [element("span", "sg-differs", line.local === "differs" ? "✗ the engine has something else" : "✗ the engine sent something else")]
  if (line.engine !== "agrees") return []
  return [element("span", "sg-agrees", line.own ? "✓ with the engine’s own local derivative" : AGREES[line.local ?? "unchecked"])]
}

function part(one) {
  const drawn = one.rows ? matrix(one) : one.sides ? box(one) : element("span", `sg-${one.role}`, ...letters(one.text))
  if (!one.note) return drawn
  return element("span", "sg-noted", drawn, element("small", "sg-note", one.note))
}

// The bold face of Source Serif draws another letter for ᵀ: it stands in the regular face.
function letters(text) {
  return text.split(/(ᵀ)/).map((piece) => (piece === "ᵀ" ? element("span", "sg-regular", piece) : piece))
}

function matrix(one) {
  const table = element("table", "")
  if (one.label) table.setAttribute("aria-label", one.label)
  for (const row of one.rows) table.append(element("tr", "", ...row.map((text) => element("td", "", text))))
  return element("div", `sg-matrix sg-${one.role}`, table)
}

// Too large to be written out: an empty box in the proportions of its shape, several behind one another for a batch.
function box(one) {
  const [height, width] = one.sides
  const made = element("span", `sg-box sg-${one.role}${one.pile ? " sg-pile" : ""}`)
  made.style.height = `${height}px`
  made.style.width = `${width}px`
  made.setAttribute("role", "img")
  made.setAttribute("aria-label", one.note)
  return made
}

// --- the equation of one element --------------------------------------------------------------

function elements(line, shown) {
  const equation = element("output", "sg-equation")
  const place = element("div", "sg-element", equation, ...verdict(line))
  const tables = shown.map((one) => one.querySelector?.("table"))
  const at = line.product ? line.product[2] : line.parts.findLastIndex((one) => one.role === "result" && one.rows)
  const result = tables[at]
  const cells = result ? [...result.querySelectorAll("td")] : []
  const columns = cells.length ? result.rows[0].cells.length : 1
  let chosen = 0

  function choose(index) {
    chosen = Math.max(0, Math.min(index, line.elements.length - 1))
    equation.textContent = line.elements[chosen]
    for (const marked of shown.flatMap((one) => [...(one.querySelectorAll?.(".sg-chosen") ?? [])])) marked.classList.remove("sg-chosen")
    cells.forEach((cell, at) => (cell.tabIndex = at === chosen ? 0 : -1))
    for (const cell of involved(Math.floor(chosen / columns), chosen % columns)) cell.classList.add("sg-chosen")
  }

  // The element itself, and what it is made of: a row and a column, or the same place elsewhere.
  function involved(row, column) {
    if (!cells.length) return []
    const found = [cells[row * columns + column]]
    if (line.product) {
      const [left, right] = [tables[line.product[0]], tables[line.product[1]]]
      if (left) found.push(...left.rows[row].cells)
      if (right) found.push(...[...right.rows].map((one) => one.cells[column]))
      return found
    }
    const same = tables.filter((one) => one && one.rows.length === result.rows.length && one.rows[0].cells.length === columns)
    return [...found, ...same.map((one) => one.rows[row].cells[column])]
  }

  cells.forEach((cell, index) => {
    cell.onpointerenter = () => choose(index)
    cell.onfocus = () => choose(index)
    cell.onclick = () => cell.focus()
  })
  if (result) {
    result.classList.add("sg-elements")
    result.setAttribute("role", "grid")
    result.onkeydown = (event) => {
      const index = next(event.key, chosen, columns, cells.length)
      if (index === null || event.altKey || event.ctrlKey || event.metaKey) return
      event.preventDefault() // or the stage would step
      cells[index].focus()
    }
  } else {
    place.prepend(turn("‹", "Element before", () => choose(chosen - 1)), turn("›", "Next element", () => choose(chosen + 1)))
  }
  choose(0)
  return place
}

function next(key, chosen, columns, count) {
  const last = count - 1
  const begin = chosen - (chosen % columns)
  if (key === "Home") return begin
  if (key === "End") return Math.min(begin + columns - 1, last)
  if (!MOVES[key]) return null
  const [down, right] = MOVES[key]
  const column = (chosen % columns) + right
  const index = chosen + down * columns + right
  return column < 0 || column >= columns || index < 0 || index > last ? chosen : index
}

function turn(sign, label, act) {
  const made = element("button", "sg-turn", sign)
  made.type = "button"
  made.setAttribute("aria-label", label)
  made.onclick = act
  return made
}
