// Draws a chart whose points are steps of the stage: the present one is ringed, a click goes to another.
//
// Python sends {look, figure, spots, ring, plotly}. Stage and chart talk through the window, so that stepping
// changes nothing but the ring.

const charts = new WeakMap()

export default function (component) {
  const { data, parentElement } = component
  let chart = charts.get(parentElement)
  if (!chart) {
    chart = new Chart(parentElement.querySelector(".sg-flow"))
    charts.set(parentElement, chart)
  }
  chart.show(data)
  return () => {
    chart.close()
    charts.delete(parentElement)
  }
}

class Chart {
  constructor(root) {
    this.root = root
    this.place = root.querySelector("[data-part=chart]")
    this.onmoment = (event) => this.mark(event.detail.name)
    window.addEventListener("seegrad-moment", this.onmoment)
    this.resized = new ResizeObserver(() => {
      if (this.ready) window.Plotly.Plots.resize(this.place)
    })
    this.resized.observe(root)
  }

  async show(data) {
    if (this.shown === data.look) return
    this.shown = data.look
    this.data = data
    this.root.dataset.state = "loading"
    let library
    try {
      library = await loadPlotly(data.plotly)
    } catch {
      this.shown = null // The stage says that the library is missing.
      return
    }
    if (this.shown !== data.look) return
    const config = { displayModeBar: false, responsive: false, doubleClick: false }
    await library.react(this.place, { ...JSON.parse(data.figure), config })
    if (this.shown !== data.look) return
    this.ready = true
    this.place.removeAllListeners("plotly_click")
    this.place.on("plotly_click", (event) => this.go(event.points[0]?.customdata))
    await this.mark(document.querySelector(".sg-stage")?.dataset.moment)
    this.root.dataset.state = "idle"
  }

  go(name) {
    if (name) window.dispatchEvent(new CustomEvent("seegrad-go", { detail: { name } }))
  }

  async mark(name) {
    for (const row of document.querySelectorAll("[data-go]")) {
      if (row.dataset.go === name) row.setAttribute("aria-current", "step")
      else row.removeAttribute("aria-current")
    }
    if (!this.ready) return
    const [x, y] = this.data.spots[name] ?? [null, null]
    await window.Plotly.restyle(this.place, { x: [[x]], y: [[y]] }, [this.data.ring])
    this.root.dataset.moment = x === null ? "" : name
  }

  close() {
    this.resized.disconnect()
    window.removeEventListener("seegrad-moment", this.onmoment)
    if (window.Plotly) window.Plotly.purge(this.place)
  }
}
