<%inherit file="layout.mako"/>
<%def name="title()">Registre public de l’observatoire</%def>
<p>Ce que la ville recueille, pour quoi, avec quels calculs, combien de temps, et qui peut le voir. Vigie compte des lieux et des heures, jamais des personnes : elle ne reconnaît ni visage, ni plaque, ni corps, et ne lit aucun réseau social.</p>

<h2 id="finalites">À quoi servent les données</h2>
<p>Cette liste est fermée : une autre finalité serait une autre version de la charte.</p>
<ul>
% for one in register['purposes']:
<li>${one['fr']}</li>
% endfor
</ul>

<h2 id="sources">D’où elles viennent</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Source</th><th scope="col">Rythme attendu</th><th scope="col">État</th><th scope="col">Enregistrements</th><th scope="col">Jeté à l’entrée</th></tr></thead>
<tbody>
% for one in register['sources']:
<tr><td>${one['title']['fr']}</td><td>${duration(one['period_s'])}</td><td>${STATES[one['state']]}</td><td>${count(one['records'])}</td><td>${', '.join(one['dropped']) or '—'}</td></tr>
% endfor
</tbody></table></div>

<h2 id="calculs">Les calculs, et ce qu’ils ne montrent pas</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Question</th><th scope="col">Limites</th><th scope="col">Seuil</th></tr></thead>
<tbody>
% for one in register['algorithms']:
<tr><td>${one['title']['fr']}<br><code>${one['name']}</code></td><td>${one['limits']['fr']}</td><td>${'comptes de moins de %d retenus' % one['least'] if one['least'] else '—'}</td></tr>
% endfor
</tbody></table></div>

<h2 id="seuils">En dessous de quoi rien n’est montré</h2>
<ul>
<li>${register['thresholds']['least']['internal']} pour la préparation dans les services</li>
<li>${register['thresholds']['least']['agency']} entre services</li>
<li>${register['thresholds']['least']['public']} pour le public</li>
<li>${register['thresholds']['least']['telecom']} pour la présence téléphonique</li>
</ul>

<h2 id="erreurs">Ce que l’on sait des erreurs</h2>
% if errors:
<div class="wide"><table>
<thead><tr><th scope="col">Calcul</th><th scope="col">Mesure</th><th scope="col">Valeur</th><th scope="col">Base</th></tr></thead>
<tbody>
% for one in errors:
<tr><td>${one['what']['fr']}</td><td>${one['measure']['fr']}</td><td>${one['value']['fr']}</td><td>${one['base']['fr']}</td></tr>
% endfor
</tbody></table></div>
% endif
<p>Le taux de fausses alertes d’une règle est publié à partir de onze verdicts rendus par des agents ; celui des règles qui manquent ici n’est pas encore mesuré.</p>

<h2 id="durees">Combien de temps</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Données</th><th scope="col">Plan</th><th scope="col">Durée</th><th scope="col">Au terme</th><th scope="col">Fondement</th></tr></thead>
<tbody>
% for one in register['terms']:
<tr><td>${one['title']['fr']}</td><td>${word('planes', one['plane'])}</td><td>${term(one['term'])}</td><td>${AT_TERM[one['at_term']]}</td><td>${one['basis']['fr']}</td></tr>
% endfor
</tbody></table></div>

<h2 id="qui">Qui peut voir quoi</h2>
% for role, cells in by_role.items():
<h3>${cells[0]['role_title']['fr']}</h3>
<div class="wide"><table>
<thead><tr><th scope="col">Données</th><th scope="col">Pour</th><th scope="col">Peut</th><th scope="col">Précision</th><th scope="col">Motif exigé</th></tr></thead>
<tbody>
% for one in cells:
<tr><td>${word('datasets', one['dataset'])}</td><td>${word('purposes', one['purpose'])}</td><td>${', '.join(word('verbs', verb) for verb in one['verbs'])}</td><td>${word('precisions', one['precision'])}</td><td>${'oui' if one['reason'] else 'non'}</td></tr>
% endfor
</tbody></table></div>
% endfor

<h2 id="cameras">Caméras</h2>
% if register['cameras']:
<p>${count(len(register['cameras']))} caméras autorisées. Pour exercer vos droits : adressez-vous au délégué à la protection des données de la ville.</p>
<div class="wide"><table>
<thead><tr><th scope="col">Caméra</th><th scope="col">Service</th><th scope="col">Autorisation</th><th scope="col">Jusqu’au</th><th scope="col">Finalités (L251-2)</th><th scope="col">Conservation</th></tr></thead>
<tbody>
% for one in register['cameras']:
<tr><td>${one['label']}</td><td>${one['owner'] or '—'}</td><td>${one['authorisation']}</td><td>${date(one['until']) if one['until'] else '—'}</td><td>${one['purposes']}</td><td>${one['retention_days'] + ' j' if one['retention_days'] else '—'}</td></tr>
% endfor
</tbody></table></div>
% else:
<p>Aucune caméra n’est enregistrée.</p>
% endif

<h2 id="requisitions">Réquisitions judiciaires</h2>
<p>Réquisitions entrées, par mois écoulé et par article du code de procédure pénale. En dessous de ${register['thresholds']['least']['public']}, le nombre n’est pas dit.</p>
% if register['requisitions']:
<div class="wide"><table>
<thead><tr><th scope="col">Mois</th><th scope="col">Article</th><th scope="col">Réquisitions</th></tr></thead>
<tbody>
% for one in register['requisitions']:
<tr><td>${one['month']}</td><td>${one['article']}</td><td>${count(one['n']) if one['n'] is not None else 'non dit'}</td></tr>
% endfor
</tbody></table></div>
% else:
<p>Aucune dans un mois écoulé.</p>
% endif

<h2 id="preuves">Les preuves</h2>
<p>${proved} exigences sur ${len(register['requirements'])} sont prouvées par un essai au moins, rejoué à chaque version. Les autres disent ce qu’elles attendent.</p>
<div class="wide"><table>
<thead><tr><th scope="col">Exigence</th><th scope="col">Fondement</th><th scope="col">État</th></tr></thead>
<tbody>
% for one in register['requirements']:
<tr id="${one['id']}"><td><strong>${one['id']}</strong> ${one['fr']}</td><td>${one['basis']}</td><td>\
% if one['proofs']:
prouvée, ${len(one['proofs'])} essai${'s' if len(one['proofs']) > 1 else ''}\
% else:
<span class="waits">attend : ${one['waits']}</span>\
% endif
</td></tr>
% endfor
</tbody></table></div>
