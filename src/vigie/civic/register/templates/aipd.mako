<%inherit file="layout.mako"/>
<%def name="title()">Analyse d’impact relative à la protection des données</%def>
<p class="note">Projet établi depuis la configuration en service, selon la méthode de la CNIL (gravité et vraisemblance de 1 à 4). Il n’engage la ville qu’une fois relu et signé. Un risque auquel aucun essai ne répond empêche ce document d’être produit.</p>

<h2>Le traitement</h2>
<p>${len(register['sources'])} sources, ${len(register['algorithms'])} calculs et règles, ${len(register['terms'])} magasins de données. Nécessité et proportionnalité : voir le <a href="index.html">registre public</a> (finalités, données jetées à l’entrée, durées, droits).</p>

<h2>Les risques</h2>
% for number, risk in enumerate(register['risks'], start=1):
<h3>${number}. ${risk['fr']}</h3>
<p>Personnes concernées : ${risk['who']}. Gravité ${risk['gravity'][0]} → ${risk['gravity'][1]}, vraisemblance ${risk['likelihood'][0]} → ${risk['likelihood'][1]} après mesures.</p>
<p>${risk['measures']}</p>
<ul>
% for one in risk['answers']:
<li><strong>${one['id']}</strong> ${one['fr']}
% if one['proofs']:
<br><code>${', '.join(one['proofs'])}</code>
% else:
<br><span class="waits">attend : ${one.get('waits', '')}</span>
% endif
</li>
% endfor
</ul>
% endfor

<h2>Ce qui reste à faire</h2>
<ul>
% for one in register['requirements']:
% if not one['proofs']:
<li><strong>${one['id']}</strong> ${one['fr']} — attend : ${one['waits']}</li>
% endif
% endfor
</ul>

<h2>Avis et signatures</h2>
<div class="sign"><p>Avis du délégué à la protection des données :</p><p>Responsable du traitement, date et signature :</p></div>
