// Finds items by what is written about them; what is folded away Python finds, and says which blocks hide it.

const ASK = 250 // milliseconds of quiet before Python is asked

class Search {
  // host: {overview, redraw(), choose(item), open(ids, anchor), askFor(text)}
  constructor(find, host) {
    this.find = find
    this.host = host
    this.hits = [] // {id, opens}: the ids of closed blocks around it, the outermost first
    this.at = -1
    const field = find("search")
    field.oninput = () => this.look()
    field.onkeydown = (event) => {
      if (event.key === "Enter") this.move(event.shiftKey ? -1 : 1)
      else if (event.key === "Escape") this.clear()
      else return
      event.preventDefault()
    }
    find("previous").onclick = () => this.move(-1)
    find("following").onclick = () => this.move(1)
  }

  get text() {
    return this.find("search").value.trim().toLowerCase()
  }

  clear() {
    this.find("search").value = ""
    this.look()
  }

  look() {
    clearTimeout(this.asking)
    this.at = -1
    this.gone = null
    this.hits = this.text ? this.visible().map((id) => ({ id, opens: [] })) : []
    this.answered = !this.text
    if (this.text) this.asking = setTimeout(() => this.host.askFor(this.text), ASK)
    this.say()
    this.host.redraw()
  }

  visible() {
    const { items } = this.host.overview
    return items.id.filter((_, i) => matches(items, i, this.text))
  }

  // Python's answer: all hits of the whole graph, in the order of the forward pass.
  answer({ text, hits }) {
    if (text !== this.text) return
    this.answered = true
    const chosen = this.hits[this.at]?.id
    const known = new Set(hits.map((one) => one.id))
    this.hits = [...hits, ...this.visible().filter((id) => !known.has(bare(id)) && !known.has(id)).map((id) => ({ id, opens: [] }))]
    this.at = this.hits.findIndex((one) => one.id === chosen)
    this.say()
    this.host.redraw()
  }

  // After a block was opened: the hit that was waited for is there.
  refresh() {
    if (this.at >= 0) {
      const there = this.host.indexOf(this.hits[this.at].id)
      if (there >= 0 && this.gone === this.hits[this.at].id) this.host.choose(there)
    }
    this.gone = null
    this.say()
  }

  move(by) {
    if (!this.hits.length) return
    this.at = this.at < 0 ? (by > 0 ? 0 : this.hits.length - 1) : (this.at + by + this.hits.length) % this.hits.length
    const hit = this.hits[this.at]
    const there = this.host.indexOf(hit.id)
    this.say()
    if (there >= 0) return this.host.choose(there)
    this.gone = hit.id
    this.host.open(hit.opens)
  }

  // The items to be ringed: those shown, and the blocks that hide others.
  get ringed() {
    const found = new Set()
    for (const { id, opens } of this.hits) {
      const there = this.host.indexOf(id)
      const hides = there >= 0 ? there : (opens.map((one) => this.host.indexOf(one)).find((at) => at >= 0) ?? -1)
      if (hides >= 0) found.add(hides)
    }
    return [...found]
  }

  get present() {
    return this.at < 0 ? -1 : this.host.indexOf(this.hits[this.at].id)
  }

  say() {
    const there = Boolean(this.text)
    const { find } = this
    find("hits").hidden = !there
    find("previous").hidden = find("following").hidden = !this.hits.length
    const hidden = this.hits.filter((one) => this.host.indexOf(one.id) < 0).length
    find("hits").textContent = this.hits.length ? SAY.hits(this.at + 1, this.hits.length, hidden) : this.answered ? SAY.none : SAY.searching
  }
}

function matches(items, i, text) {
  if (text === "nan" || text === "inf") return items.nonfinite[i] > 0
  const wanted = text.replaceAll(/(\d)\s*[x*,]\s*(?=\d)/g, "$1×")
  return [items.title[i], items.variable[i], items.module[i], items.family[i], items.detail[i]].some((one) => one.toLowerCase().includes(text)) || (items.shape[i] !== "" && items.shape[i].includes(wanted))
}

// "n7@n12" is the leaf n7 where n12 uses it.
function bare(id) {
  return id.split("@")[0]
}
