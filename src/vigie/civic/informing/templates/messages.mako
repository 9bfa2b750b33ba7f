<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${city}</title>
<link rel="alternate" type="application/atom+xml" title="${title}" href="${feed}">
<link rel="alternate" hreflang="${other}" href="${address}?lang=${other}">
<style>${style | n}</style>
</head>
<body>
<header>
<h1>${title} – ${city}</h1>
<nav><a href="${address}?lang=${other}" hreflang="${other}" lang="${other}">${words["other"]}</a></nav>
</header>
<main>
% if not real:
<p class="unreal">${words["unreal"]}</p>
% endif
% if not cards:
<p>${words["none"]}</p>
% endif
% for card in cards:
<article class="${card['severity']}" id="${card['id']}" aria-labelledby="${card['id']}-title">
<p class="level"><span aria-hidden="true">${card["sign"]}</span> ${card["level"]}</p>
<h2 id="${card['id']}-title">${card["title"]}</h2>
% if card["over"]:
<p><strong>${words["cancelled"]}</strong></p>
% endif
<p>${card["text"]}</p>
<dl>
% if card["advice"]:
<dt>${words["what_to_do"]}</dt><dd>${card["advice"]}</dd>
% endif
<dt>${words["where"]}</dt><dd>${card["place"]}</dd>
% if card["begins"]:
<dt>${words["from"]}</dt><dd>${card["begins"]}</dd>
% endif
<dt>${words["until"]}</dt><dd>${card["ends"]}</dd>
<dt>${words["cancelled_on"] if card["over"] else words["sent"]}</dt><dd>${card["sent"]} (<a href="${card['cap']}">CAP</a>)</dd>
</dl>
</article>
% endfor
</main>
<footer>
<p>${words["emergency"]}</p>
<p>${words["feeds"]} <a href="/api/public/messages">GeoJSON</a>, <a href="${feed}">${words["follow"]}</a>.</p>
<p>${words["privacy"]}</p>
</footer>
</body>
</html>
