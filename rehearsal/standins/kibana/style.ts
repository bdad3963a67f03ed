/** The pages' only style sheet: dark on light, one column on a narrow screen. */
export const style = `
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; color: #1a1f2b; background: #f6f7f9 }
a { color: #0b5cad }
.banner { margin: 0; padding: 8px 24px; background: #fff1cc; border-bottom: 1px solid #e0bf6a; font-size: 14px }
nav { display: flex; gap: 4px; align-items: center; padding: 0 24px; background: #fff; border-bottom: 1px solid #d9dde4 }
nav .brand { font-weight: 600; margin-right: 16px }
nav a { padding: 10px 12px; text-decoration: none; color: #1a1f2b; border-bottom: 2px solid transparent }
nav a[aria-current] { border-color: #0b5cad; color: #0b5cad }
main { max-width: 1400px; margin: 0 auto; padding: 16px 24px 48px }
h1 { font-size: 22px; margin: 4px 0 12px }
h2 { font-size: 16px; margin: 0 0 8px }
form { display: flex; flex-wrap: wrap; gap: 8px; margin: 0 0 12px }
form .query { flex: 1 1 260px; min-width: 0 }
input, select, button { font: inherit; color: inherit; padding: 7px 10px; border: 1px solid #b4bbc6; border-radius: 6px; background: #fff }
button { background: #0b5cad; border-color: #0b5cad; color: #fff; cursor: pointer }
:focus-visible { outline: 3px solid #8fc0f0; outline-offset: 1px }
.card { background: #fff; border: 1px solid #d9dde4; border-radius: 8px; padding: 14px 16px; margin: 0 0 16px; min-width: 0 }
.muted { color: #596275 }
.problem { background: #fdecec; border: 1px solid #e5a3a3; border-radius: 6px; padding: 8px 12px; overflow-wrap: anywhere }
.panels { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; align-items: start }
.panels .card { margin: 0 }
.bars { display: block; width: 100%; height: 150px; border-bottom: 1px solid #b4bbc6; background: #fff }
.panels .bars { height: 300px }
.axis { display: flex; justify-content: space-between; gap: 12px; color: #596275; font-size: 13px; padding-top: 3px }
.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; list-style: none; margin: 8px 0 0; padding: 0; font-size: 13px }
.legend svg, .rank svg { display: block }
.legend li { display: flex; align-items: center; gap: 6px; overflow-wrap: anywhere }
.rank div { display: grid; grid-template: "name bar count" / minmax(0, 2fr) minmax(0, 3fr) 4.5em; gap: 2px 12px; align-items: center; font-size: 14px; padding: 3px 0 }
.rank span { grid-area: name; overflow-wrap: anywhere }
.rank svg { grid-area: bar; width: 100%; height: 14px }
.rank .count { grid-area: count; text-align: right; font-variant-numeric: tabular-nums }
table { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: 13px }
th { text-align: left; font-weight: 600; border-bottom: 1px solid #b4bbc6; padding: 6px 8px }
td { vertical-align: top; padding: 6px 8px; border-bottom: 1px solid #e6e9ee; overflow-wrap: anywhere }
th.time, td.time { width: 190px; white-space: nowrap; font-variant-numeric: tabular-nums }
th.short, td.short { width: 18% }
td .line { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12.5px; white-space: pre-wrap }
details summary { color: #596275; cursor: pointer; font-size: 12px }
pre { margin: 4px 0; padding: 8px; background: #f1f3f6; border-radius: 6px; font-size: 12px; white-space: pre-wrap; overflow-wrap: anywhere }
ul.list { list-style: none; margin: 0; padding: 0 }
ul.list li { padding: 10px 0; border-bottom: 1px solid #e6e9ee }
ul.list li:last-child { border: 0 }
@media (max-width: 700px) {
    main { padding: 12px 12px 32px }
    .banner, nav { padding-left: 12px; padding-right: 12px }
    .panels { grid-template-columns: minmax(0, 1fr) }
    .card { padding: 12px }
    .panels .bars { height: 200px }
    .rank div { grid-template: "name count" "bar bar" / minmax(0, 1fr) auto }
    thead { display: none }
    table, tbody, tr, td, td.time, td.short { display: block; width: auto }
    tr { border-bottom: 1px solid #d9dde4; padding: 6px 0 }
    td { border: 0; padding: 1px 0 }
    td[data-name]::before { content: attr(data-name) ": "; color: #596275 }
}
`;
