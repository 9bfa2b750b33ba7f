<%inherit file="layout.mako"/>
<%def name="title()">Analyse d’impact sur les droits fondamentaux</%def>
<p class="note">Article 27 du règlement (UE) 2024/1689. La ville traite chaque calcul comme s’il était à haut risque, qu’il le soit ou non. Projet à relire et à signer avant usage.</p>

<h2>Processus, période, fréquence</h2>
<p>Appréciation de la situation, préparation des usages de l’espace public, évaluation des mesures. En continu, dans les services désignés par la charte.</p>

<h2>Groupes concernés</h2>
<ul>
% for who in concerned:
<li>${who}</li>
% endfor
</ul>

<h2>Les calculs</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Calcul</th><th scope="col">Ce qu’il connaît</th><th scope="col">Limites</th><th scope="col">Source</th></tr></thead>
<tbody>
% for one in register['algorithms']:
<tr><td>${one['title']['fr']}</td><td>${', '.join(one['reads']) or 'lieux, heures, usages prévus, santé des sources'}</td><td>${one['limits']['fr']}</td><td>${one['reference'] or '—'}</td></tr>
% endfor
</tbody></table></div>
<p>Aucun ne connaît de personne, n’en note ni n’en suit aucune (article 5, paragraphe 1, points d et h).</p>

<h2>Risques pour les droits</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Risque</th><th scope="col">Pour qui</th><th scope="col">Mesures</th><th scope="col">Exigences</th></tr></thead>
<tbody>
% for risk in register['risks']:
<tr><td>${risk['fr']}</td><td>${risk['who']}</td><td>${risk['measures']}</td><td>${', '.join(one['id'] for one in risk['answers'])}</td></tr>
% endfor
</tbody></table></div>

<h2>Contrôle humain</h2>
<p>Un signal attire l’attention. Rien ne se décide, rien ne s’engage, sans qu’une personne le confirme et que son nom soit écrit.</p>

<h2>Recours</h2>
<p>Toute personne peut lire le <a href="index.html">registre public</a>, vérifier le journal d’audit avec le vérificateur fourni, et saisir le délégué à la protection des données de la ville ou la CNIL.</p>
<div class="sign"><p>Déployeur, date et signature :</p></div>
