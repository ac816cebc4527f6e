
// Plays the traces inside this file: unpacks them and plotly.js, and shows one backward pass at a time.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%.()*+-;,=>?@^_`{|}~"
const WORD = 4 // bytes, which five digits of base 85 hold
const TOO_OLD = "This browser is too old to unpack this file: open it in one from 2023 or later."

const piece = (name) => document.querySelector(`[data-part=${name}]`)

// Base 85, as packing.py writes it: what is missing in the last five digits is cut off again.
function bytesOf(text) {
  const values = new Uint8Array(128)
  for (let value = 0; value < DIGITS.length; value++) values[DIGITS.charCodeAt(value)] = value
  const groups = Math.ceil(text.length / 5)
  const view = new DataView(new ArrayBuffer(groups * WORD))
  const whole = text.padEnd(groups * 5, "~")
  for (let group = 0; group < groups; group++) {
    let word = 0
    for (let digit = 0; digit < 5; digit++) word = word * 85 + values[whole.charCodeAt(group * 5 + digit)]
    view.setUint32(group * WORD, word)
  }
  return new Uint8Array(view.buffer, 0, groups * WORD - (whole.length - text.length))
}

function unpacked(id) {
  const stream = new Blob([bytesOf(document.getElementById(id).textContent)]).stream()
  return new Response(stream.pipeThrough(new DecompressionStream("gzip"))).text()
}

// A figure names its colours: they are those of the theme.
function painted(figure, colours) {
  return figure.replace(/\ue000(\w+)\ue001/g, (_, name) => colours[name])
}

class Reader {
  constructor(data) {
    this.data = data
    this.pass = 0
    // Each section as it was written: a stage that is left takes its keys with it.
    this.sections = Object.fromEntries([...document.querySelectorAll(".sg-stage")].map((one) => [one.matches(".sg-overview") ? "large" : "small", one]))
    this.column = document.querySelector(".sg-right")
    for (const one of Object.values(this.sections)) one.remove()
    this.lines = data.source.split("\n")
    this.sheet = document.querySelector(".sg-lines")
    piece("code").hidden = !data.source
    window.addEventListener("seegrad-moment", (event) => this.mark(event.detail.line))
    piece("theme").onclick = () => this.dress(this.theme === "dark" ? "light" : "dark")
    const chooser = piece("pass")
    if (chooser) chooser.onchange = () => this.show(Number(chooser.value))
    this.dark = window.matchMedia("(prefers-color-scheme: dark)")
    this.dark.onchange = () => this.dress(document.documentElement.dataset.theme)
  }

  get theme() {
    return document.documentElement.dataset.theme || (this.dark.matches ? "dark" : "light")
  }

  dress(theme) {
    document.documentElement.dataset.theme = theme
    return this.show(this.pass)
  }

  show(index) {
    this.pass = index
    piece("theme").textContent = this.theme === "dark" ? "Light" : "Dark"
    document.querySelectorAll(".sg-pass").forEach((tables, at) => (tables.hidden = at !== index))
    const { notes, folded, figure, ...shown } = this.data.passes[index]
    this.notes = notes
    this.enter(folded ? "large" : "small")
    if (folded) {
      if (this.shown === index) return this.stage.dress(this.theme)
      this.shown = index
      return this.stage.begin(folded, String(index), this.theme)
    }
    this.shown = index
    const drawn = painted(figure, this.data.themes[this.theme])
    return this.stage.show({ ...shown, figure: drawn, run: String(index), look: this.theme, start: 0, plotly: "", stale: false, pair: null })
  }

  // Have the stage of this kind, and that alone.
  enter(kind) {
    if (this.kind === kind) return
    this.stage?.close()
    this.section?.remove()
    this.kind = kind
    this.section = this.sections[kind].cloneNode(true)
    this.column.append(this.section)
    this.stage = kind === "large" ? new LargeStage(this.section) : new Stage(this.section)
    this.shown = null
  }

  // The line of the present step; of a long program the part around it.
  mark(active) {
    this.sheet.replaceChildren(...this.lines.map((text, index) => sheetLine(text, index + 1, { active, notes: this.notes, wrong: null })))
    const [box, line] = [piece("code"), this.sheet.querySelector(".sg-active")]
    if (!line) return
    const [top, bottom] = [line.offsetTop, line.offsetTop + line.offsetHeight]
    if (top < box.scrollTop || bottom > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 2
  }
}

async function open() {
  // A file of large graphs alone draws without it.
  if (document.getElementById("packed-plotly").textContent) {
    const script = document.createElement("script")
    script.textContent = await unpacked("packed-plotly")
    document.head.append(script)
  }
  return new Reader(JSON.parse(await unpacked("packed-data"))).show(0)
}

open().catch((error) => {
  piece("problem").hidden = false
  piece("problem").textContent = window.DecompressionStream ? `This file is damaged: ${error.message}` : TOO_OLD
})
