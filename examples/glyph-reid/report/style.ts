/** What only this report needs, after the style that all reports share. */
export const style = `
body { max-width: 900px }
h3 { font-size: .98rem; margin: .8em 0 .2em; font-weight: 600 }
h4 { font-size: .86rem; margin: 0 0 2px; font-weight: 400; color: var(--soft) }
.grid { gap: 14px 20px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)) }
.grid svg.plot { margin: 0 }
.grid + p { margin-top: 1.4em }
.grid h3 { margin: .4em 0 .2em }
table.spanned { font-size: .88rem; margin-bottom: 1.2em }
table.spanned th, table.spanned td { padding: 5px; vertical-align: baseline }
table.spanned th { color: var(--soft) }
table.spanned tbody th { color: var(--ink); font-weight: 400; white-space: nowrap; position: sticky; left: 0;
  background: var(--page); padding: 5px 10px 5px 0; vertical-align: baseline }
table.spanned thead th:first-child { position: sticky; left: 0; padding-left: 0; vertical-align: bottom; background: var(--page) }
table.spanned thead tr:last-child th:first-child { position: static; text-align: right; padding-left: 5px; vertical-align: baseline }
th[scope="colgroup"] { text-align: center; border-left: 8px solid var(--page) }
table.spanned td.start, table.spanned th.start { padding-left: 16px }
tr.begins th, tr.begins td { border-top: 2px solid var(--rule) }
td.best { font-weight: 700 }
td small { line-height: 1.2; color: var(--soft); font-weight: 400 }
@media (max-width: 600px) { table.spanned tbody th { white-space: normal; min-width: 118px } }
.partial { margin-bottom: 1em }
.partial ul { margin: .4em 0 0; padding-left: 1.4em }
.query { display: grid; grid-template-columns: 52px 1fr; gap: 12px; padding: 8px 0; border-bottom: 1px solid var(--rule) }
.lists { display: grid; gap: 8px 20px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)) }
.query > .tile { margin-top: 1.3rem }
.retrieval ol { list-style: none; display: flex; gap: 3px; margin: 0; padding: 0 }
.tile { flex: 1 1 0; max-width: 46px; min-width: 0; text-align: center; font-size: .8rem; line-height: 1.3; color: var(--soft) }
.tile img { display: block; width: 100%; height: auto; border: 2px solid var(--rule); border-radius: 3px }
.right img { border-color: #0072b2 }
.wrong img { border: 2px dashed #d55e00; opacity: .75 }
.right span { color: var(--ink) }
.wrong span { color: var(--ink); font-weight: 700 }
`
