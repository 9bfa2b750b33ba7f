/** Charts in the console's own type and colours; categories after Okabe and Ito, sequences in viridis or cividis. */

export const CATEGORIES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8a7a00", "#7f7f7f"];

export function chartTheme(dark: boolean): Record<string, unknown> {
  const ink = dark ? "#e8eef3" : "#14212d";
  const soft = dark ? "#97a5b1" : "#5a6873";
  const line = dark ? "#2a3846" : "#d5dde4";
  const font = "Inter Variable, system-ui, sans-serif";
  return {
    background: "transparent",
    font,
    view: { stroke: null },
    axis: { labelColor: soft, titleColor: soft, gridColor: line, domainColor: soft, tickColor: soft, labelFontSize: 11, titleFontSize: 11, titleFontWeight: 500 },
    axisTemporal: { format: "%-d %b" },
    legend: { labelColor: ink, titleColor: soft, labelFontSize: 11, titleFontSize: 11, titleFontWeight: 500 },
    title: { color: ink, fontSize: 13, fontWeight: 600 },
    text: { color: ink },
    mark: { color: dark ? "#7cb8f2" : "#0b5394" },
    bar: { color: dark ? "#7cb8f2" : "#0b5394" },
    line: { color: dark ? "#7cb8f2" : "#0b5394", strokeWidth: 2 },
    rule: { color: soft },
    range: { category: CATEGORIES, heatmap: { scheme: dark ? "cividis" : "viridis" }, ramp: { scheme: dark ? "cividis" : "viridis" }, diverging: { scheme: "purpleorange" } },
  };
}
