// Draws the lines of a program: their numbers, the active one, a wrong one, and values behind them. Text only.

function sheetLine(text, number, { active, notes, wrong }) {
  const made = document.createElement("div")
  made.className = "sg-line"
  if (number === wrong?.blamed) made.classList.add("sg-blamed")
  // The graph beside a mistake is an older one, unless the engine stopped in the middle.
  if (number === active && (!wrong || (wrong.live && number !== wrong.line))) made.classList.add("sg-active")
  if (number === wrong?.line) made.classList.add("sg-wrong")
  made.append(sheetPart("sg-line-number", number), ...marked(text, number === wrong?.line ? wrong : null))
  if (notes[number]) made.append(sheetPart("sg-line-note", `= ${notes[number]}`))
  return made
}

function sheetPart(name, text) {
  const made = document.createElement("span")
  made.className = name
  made.textContent = text
  return made
}

function marked(text, wrong) {
  if (wrong?.column == null) return [document.createTextNode(text)]
  const mark = document.createElement("mark")
  const end = Math.max(wrong.end ?? 0, wrong.column + 1)
  mark.textContent = text.slice(wrong.column, end) || " "
  return [text.slice(0, wrong.column), mark, text.slice(end)]
}
