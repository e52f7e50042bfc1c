/* Draws every [data-chart] from the JSON beside it. Colours come from the style sheet's tokens.
   Tooltips use richText: ECharts' HTML tooltips carry inline styles, which our CSP refuses. */
(function () {
  "use strict";

  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue("--" + name).trim();
  const colours = [token("line-strong"), token("met"), token("info"), token("due")];

  function options(data) {
    const text = { color: token("ink-3"), fontFamily: token("font"), fontSize: 12 };
    const bars = data.bars.map((bar, index) => ({
      name: bar.name, type: "bar", data: bar.values, barMaxWidth: 18, barGap: "10%",
      itemStyle: { color: colours[index % colours.length], borderRadius: [3, 3, 0, 0] },
    }));
    const line = data.line ? [{
      name: data.line.name, type: "line", yAxisIndex: 1, data: data.line.values, symbolSize: 7,
      lineStyle: { color: token("red"), width: 2 }, itemStyle: { color: token("red") },
      tooltip: { valueFormatter: (value) => (value === null ? "—" : value + "%") },
    }] : [];
    return {
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      textStyle: text,
      grid: { left: 40, right: 48, top: 40, bottom: 28 },
      legend: { top: 0, left: 0, textStyle: text, itemWidth: 14, itemHeight: 9 },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true },
      xAxis: { type: "category", data: data.labels, axisTick: { show: false }, axisLabel: text, axisLine: { lineStyle: { color: token("line-strong") } } },
      yAxis: [
        { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: token("line") } } },
        { type: "value", min: 0, max: 100, axisLabel: { color: text.color, formatter: "{value}%" }, splitLine: { show: false } },
      ],
      series: bars.concat(line),
    };
  }

  function draw(place) {
    const source = document.getElementById(place.dataset.chart);
    if (!source || !window.echarts) return;
    place.hidden = false;
    const chart = window.echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(options(JSON.parse(source.textContent)));
    window.addEventListener("resize", () => chart.resize());
    const numbers = place.parentNode.querySelector(".chart-numbers");
    if (numbers) numbers.open = false;
  }

  document.querySelectorAll("[data-chart]").forEach(draw);
})();
