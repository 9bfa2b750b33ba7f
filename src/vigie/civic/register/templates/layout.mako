<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${self.title()} — Vigie, ${register['city']}</title>
<style>
:root { color-scheme: light dark; --ink: #16202c; --paper: #fff; --soft: #f2f4f7; --line: #cfd6de; --accent: #0b5cad; --warn: #8a3b00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --paper: #10161d; --soft: #1a222c; --line: #344150; --accent: #7fb8f5; --warn: #ffb37a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 4rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { margin-top: 2.5rem; font-size: 1.25rem; } h3 { font-size: 1.05rem; margin-bottom: .3rem; }
a { color: var(--accent); } nav a { margin-right: 1.2rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .45rem .6rem; border-bottom: 1px solid var(--line); } th { background: var(--soft); }
.note { background: var(--soft); border-left: 4px solid var(--accent); padding: .7rem 1rem; } .waits { color: var(--warn); font-weight: 600; }
.sign { border: 1px solid var(--line); padding: 1rem; margin-top: 1rem; } code { font-size: .9em; overflow-wrap: anywhere; }
@media print { nav { display: none; } body { max-width: none; } }
</style>
</head>
<body>
<nav aria-label="Documents"><a href="index.html">Registre public</a><a href="traitements.html">Traitements</a><a href="aipd.html">Analyse d’impact</a><a href="droits-fondamentaux.html">Droits fondamentaux</a><a href="register.json">Données</a></nav>
<main>
<h1>${self.title()}</h1>
<p>${register['city']} · établi le ${date(register['built_at'])} à partir de la configuration en service · charte ${register['charter']['version']} du ${day(register['charter']['dated_on'])}</p>
% if register['demo']:
<p class="note"><strong>Démonstration.</strong> Ville synthétique : rien ici ne parle de personnes ni de faits réels.</p>
% endif
${next.body()}
</main>
</body>
</html>
