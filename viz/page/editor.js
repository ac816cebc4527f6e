// A text field that marks lines: the active one in step with the graph, a wrong one, and values behind lines.
//
// Python sends {text, label, lines, notes: {line: text}, wrong: {line, column, end, live, blamed} | null, side, fixed}. The text is taken
// once, when the field is made: what a person types is never overwritten. What was typed goes back after a pause.

const PAUSE = 650 // milliseconds without a key before the program is run

const editors = new WeakMap()

export default function (component) {
  const { data, parentElement, setStateValue } = component
  let editor = editors.get(parentElement)
  if (!editor) {
    editor = new Editor(parentElement.querySelector(".sg-editor"), data.text)
    editors.set(parentElement, editor)
  }
  editor.send = (text) => setStateValue("text", text)
  editor.show(data)
  return () => {
    editor.close()
    editors.delete(parentElement)
  }
}

class Editor {
  constructor(root, text) {
    this.root = root
    this.lines = root.querySelector("[data-part=lines]")
    this.field = root.querySelector("[data-part=text]")
    this.field.value = text
    this.sent = text
    this.field.oninput = () => this.typed()
    this.field.onblur = () => this.flush()
    this.field.onkeydown = (event) => this.key(event)
    this.onmoment = (event) => {
      if (event.detail.side !== this.data.side) return
      this.active = event.detail.line
      this.paint()
    }
    window.addEventListener("seegrad-moment", this.onmoment)
  }

  show(data) {
    this.data = data
    if (this.active === undefined) {
      const moments = [...document.querySelectorAll(".sg-stage")].map((stage) => stage.moment)
      this.active = moments.find((moment) => moment?.side === data.side)?.line
    }
    this.field.setAttribute("aria-label", data.label)
    this.field.readOnly = Boolean(data.fixed)
    this.field.setAttribute("aria-invalid", String(Boolean(data.wrong)))
    this.root.style.minHeight = `${data.lines * 24 + 22}px`
    this.paint()
  }

  typed() {
    this.active = null
    this.paint()
    clearTimeout(this.waiting)
    this.waiting = setTimeout(() => this.flush(), PAUSE)
  }

  flush() {
    clearTimeout(this.waiting)
    if (this.field.value === this.sent) return
    this.sent = this.field.value
    this.send(this.sent)
  }

  key(event) {
    if (this.data.fixed) return
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      this.flush()
    } else if (event.key === "Enter" && this.data.lines > 1) {
      // The next line starts where this one does, and one level deeper after a colon.
      const before = this.field.value.slice(0, this.field.selectionStart).split("\n").pop()
      const indent = before.match(/^[ \t]*/)[0] + (/:\s*$/.test(before) ? "    " : "")
      event.preventDefault()
      document.execCommand("insertText", false, "\n" + indent)
    } else if (event.key === "Enter") {
      event.preventDefault()
      this.flush()
    }
  }

  // Notes and marks belong to the text that was run: while another one is being typed they are hidden.
  paint() {
    const fresh = this.field.value === this.sent
    const notes = fresh ? this.data.notes : {}
    const wrong = fresh ? this.data.wrong : null
    const lines = this.field.value.split("\n")
    this.lines.replaceChildren(...lines.map((text, index) => sheetLine(text, index + 1, { active: this.active, notes, wrong })))
  }

  close() {
    clearTimeout(this.waiting)
    window.removeEventListener("seegrad-moment", this.onmoment)
  }
}
