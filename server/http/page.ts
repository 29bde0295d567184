/** The merchant's page. All of its text is put in by `pages/page.ts`, in the reader's language. */
export const PAGE_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cash-Mobile</title>
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body>
<noscript>This page needs JavaScript.</noscript>
<main id="main"></main>
</body>
</html>
`;

/** Its style: one column on a small screen, two on a wide one, light or dark as the reader has it. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 22%, transparent); --accent: #0b6e4f; font: 16px/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --accent: #5fd3a6; } }
* { box-sizing: border-box; }
body { margin: 0; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; display: grid; gap: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
section { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; min-width: 0; }
form { display: grid; gap: .75rem; }
label { display: grid; gap: .25rem; font-weight: 600; }
input, select, button { font: inherit; font-weight: 400; padding: .6rem .75rem; border-radius: .5rem; border: 1px solid var(--line); min-width: 0; width: 100%; }
button { background: var(--accent); color: Canvas; border-color: var(--accent); font-weight: 600; cursor: pointer; }
button.quiet { background: transparent; color: inherit; border-color: var(--line); }
button:disabled { opacity: .5; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.code { font: 700 clamp(3rem, 18vw, 6rem)/1.1 ui-monospace, monospace; letter-spacing: .1em; text-align: center; margin: .25rem 0; }
.state { text-align: center; font-size: 1.2rem; font-weight: 600; margin: 0 0 .75rem; }
.state[data-tone="good"] { color: var(--accent); }
.state[data-tone="bad"], .error { color: #c0392b; }
@media (prefers-color-scheme: dark) { .state[data-tone="bad"], .error { color: #ff8a7a; } }
.error:empty { display: none; }
.error, .hint { margin: 0; }
.hint { opacity: .75; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: .4rem .25rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { border-top: 0; }
td.amount { white-space: nowrap; }
section:has(> .current:empty) { display: none; }
@media (max-width: 34rem) {
  thead { position: absolute; clip-path: inset(50%); }
  tr { display: grid; grid-template: 'customer amount' 'time state' / 1fr auto; column-gap: 1rem; padding: .4rem 0; border-top: 1px solid var(--line); }
  td { border: 0; padding: 0; overflow-wrap: normal; }
  td:nth-child(-n + 2) { white-space: nowrap; }
  td:nth-child(1) { grid-area: time; opacity: .75; }
  td:nth-child(2) { grid-area: customer; }
  td:nth-child(3) { grid-area: amount; text-align: right; }
  td:nth-child(4) { grid-area: state; text-align: right; }
}
@media (min-width: 48rem) { main { grid-template-columns: 1fr 1fr; } h1, .wide { grid-column: 1 / -1; } }
`;
