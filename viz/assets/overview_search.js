// Finds items by what is written about them; what is folded away Python finds, and opens what hides the first of it.

class Search {
  // host: {overview, redraw(), choose(item), indexOf(id), ask(ids, pending, show)}
  constructor(find, host) {
    this.find = find
    this.host = host
    this.look()
    const field = find("search")
    field.oninput = () => {
      this.look()
      host.redraw()
    }
    field.onkeydown = (event) => {
      if (event.key === "Enter") this.move(event.shiftKey ? -1 : 1)
      else if (event.key === "Escape") {
        field.value = ""
        field.oninput()
      } else return
      event.preventDefault()
    }
    find("previous").onclick = () => this.move(-1)
    find("following").onclick = () => this.move(1)
  }

  get text() {
    return this.find("search").value.trim().toLowerCase()
  }

  // What is in sight of what was typed; all else is asked for by Enter.
  look() {
    this.asked = ""
    this.wanted = null
    this.at = -1
    const { items } = this.host.overview ?? { items: { id: [] } }
    this.inSight = this.text ? [...items.id.keys()].filter((i) => matches(items, i, this.text)) : []
    this.hits = []
    this.say()
  }

  // A new state of folding: Python tells all matches, and what is or holds one.
  renew() {
    const { matches: hits, found, items } = this.host.overview
    this.inSight = this.text ? [...items.id.keys()].filter((i) => matches(items, i, this.text)) : []
    if (this.asked && this.asked === this.text) {
      this.hits = hits
      this.inSight = found
      if (this.at < 0 && hits.length) [this.at, this.wanted] = [0, hits[0]]
      const there = this.wanted === null ? -1 : this.host.indexOf(this.wanted)
      if (there >= 0) this.host.choose(there)
      this.wanted = null
    }
    this.say()
  }

  move(by) {
    if (!this.text) return
    if (this.asked !== this.text) {
      this.asked = this.text
      return this.host.ask(this.host.overview.opened, null)
    }
    if (!this.hits.length) return
    this.at = (this.at + by + this.hits.length) % this.hits.length
    const id = this.hits[this.at]
    const there = this.host.indexOf(id)
    this.say()
    if (there >= 0) return this.host.choose(there)
    this.wanted = id
    this.host.ask(this.host.overview.opened, null, id)
  }

  get present() {
    return this.at < 0 ? -1 : this.host.indexOf(this.hits[this.at])
  }

  say() {
    const { find } = this
    const all = this.asked === this.text && this.host.overview
    find("hits").hidden = !this.text
    find("previous").hidden = find("following").hidden = !this.text
    find("hits").textContent = !all ? SAY.inSight(this.inSight.length) : this.hits.length ? SAY.hits(this.at + 1, this.hits.length) : SAY.none
  }
}

function matches(items, i, text) {
  if (text === "nan" || text === "inf") return items.nonfinite[i] > 0
  const wanted = text.replaceAll(/(\d)\s*[x*,]\s*(?=\d)/g, "$1×")
  return [items.title[i], items.variable[i], items.module[i], items.family[i]].some((one) => one.toLowerCase().includes(text)) || items.shape[i] === wanted
}

// "n7@n12" is the leaf n7 where n12 uses it.
function bare(id) {
  return /^n\d+@/.test(id) ? id.split("@")[0] : id
}
