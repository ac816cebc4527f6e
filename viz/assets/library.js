// plotly.js and the letters that cards are measured in, once they are there.

const FONTS = ['24px "Source Serif"', '700 24px "Source Serif"', '16px "Source Sans"', '600 16px "Source Sans"', '16px "Source Code Pro"']

function loadFonts() {
  return Promise.all(FONTS.map((font) => document.fonts.load(font).catch(() => [])))
}

function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly)
  // One library for the stage and the charts beside it: a second would not know the plots of the first.
  window.seegradPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = url
    script.onload = () => resolve(window.Plotly)
    script.onerror = () => {
      window.seegradPlotly = null
      reject(new Error("plotly.js did not load"))
    }
    document.head.append(script)
  })
  return window.seegradPlotly
}
