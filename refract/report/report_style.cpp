#include "refract/report/report_style.h"

namespace refract {

std::string_view report_style() {
  return R"css(
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #1d2430; --soft: #5c6675; --line: #dfe3e9;
  --accent: #2563c9; --bar: #dbe7fa; --code: #eef1f5; }
@media (prefers-color-scheme: dark) { :root { --page: #14171c; --card: #1c2027; --ink: #e4e7ec; --soft: #97a1b0;
  --line: #313843; --accent: #7fb0ff; --bar: #24364f; --code: #262b34; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 21px; margin: 48px 0 14px; letter-spacing: -0.005em; }
h3 { font-size: 16px; margin: 0 0 2px; }
p { margin: 0 0 10px; max-width: 76ch; }
.soft, figcaption, .unit { color: var(--soft); font-size: 14px; }
.note { border-left: 4px solid var(--accent); background: var(--card); padding: 10px 14px; margin: 18px 0; }
.facts { display: flex; flex-wrap: wrap; gap: 10px 34px; margin: 20px 0; padding: 0; }
.facts div { min-width: 80px; }
.facts dt { color: var(--soft); font-size: 13px; }
.facts dd { margin: 0; font-size: 18px; font-weight: 600; font-variant-numeric: tabular-nums; }
pre, code, .mono { font: 13.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { background: var(--code); border-radius: 8px; padding: 12px 16px; margin: 0; white-space: pre-wrap;
  overflow-wrap: anywhere; user-select: all; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px; margin: 0 0 20px; }
.scroll { overflow-x: auto; margin: 12px 0; }
table { border-collapse: collapse; width: 100%; font-size: 14.5px; }
th, td { text-align: left; vertical-align: top; padding: 7px 12px; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; font-size: 13px; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: 600; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { background: linear-gradient(to right, var(--bar) var(--part, 0%), transparent var(--part, 0%));
  background-size: calc(100% - 14px) 74%; background-position: center; background-repeat: no-repeat; }
td.average { font-weight: 700; }
tr.changed td:nth-child(2) { font-weight: 700; color: var(--accent); }
td.value { overflow-wrap: anywhere; white-space: pre-wrap; min-width: 9em; }
figure { margin: 0 0 20px; break-inside: avoid; }
figure img { display: block; max-width: 100%; height: auto; background: #fff; border-radius: 6px; margin: 12px 0 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(310px, 1fr)); gap: 14px; }
.charts > div { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 8px; break-inside: avoid; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 11px; font-variant-numeric: tabular-nums; }
svg .name { fill: var(--ink); font-size: 13px; font-weight: 600; }
svg .remark { fill: var(--soft); font-size: 11px; font-weight: 400; }
svg .last { fill: var(--ink); font-size: 12px; }
svg .end { text-anchor: end; }
svg .middle { text-anchor: middle; }
svg path { fill: none; stroke-linejoin: round; stroke-linecap: round; }
svg .grid { stroke: var(--line); }
svg .axis { stroke: var(--soft); }
svg .raw { stroke: var(--accent); opacity: 0.3; }
svg .mean { stroke: var(--accent); stroke-width: 2; }
details > summary { cursor: pointer; font-weight: 600; }
footer { margin-top: 48px; color: var(--soft); font-size: 13px; }
@media print { :root { color-scheme: light; --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc;
  --accent: #1b4ea3; --bar: #e6edf8; --code: #f3f3f3; }
  body { font-size: 12px; } main { padding: 0; max-width: none; } h2 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)css";
}

}  // namespace refract
