<%inherit file="layout.mako"/>
<%def name="title()">Analyse d’impact sur les droits fondamentaux</%def>
<p class="note">Article 27 du règlement (UE) 2024/1689. La ville traite chaque calcul comme s’il était à haut risque, qu’il le soit ou non. Projet à relire et à signer avant usage.</p>

<% told = register['assessment'] %>
<h2>Le texte de la ville et sa signature</h2>
% if told['document'] is None:
<p>Aucun texte de la ville n’est déposé ; ce qui suit est la proposition de Vigie.</p>
% else:
<% text = told['document'] %>
% if text['demonstration']:
<p class="note">Démonstration : ville, texte et signature inventés.</p>
% endif
% if told['state'] == 'signed':
<p>En vigueur. Signé par ${told['signature']['signed_by']} (${told['signature']['function']}) le ${date(told['signature']['signed_at'])}, à revoir au plus tard le ${day(told['signature']['review_by'])}, ligne ${told['signature']['line']} du journal d’audit.</p>
% else:
<p>Ce texte n’est pas en vigueur (<code>${told['state']}</code>)${' : prévisions et détecteurs sont fermés' if told['required'] else ''}.</p>
% endif
<p>Empreinte SHA-256 du texte : <code>${told['sha256']}</code></p>
<dl>
<dt>Déployeur</dt><dd>${text['deployer']}</dd>
<dt>Processus</dt><dd>${text['process']}</dd>
<dt>Période et fréquence</dt><dd>Du ${day(text['period']['first'])} au ${day(text['period']['last'])}. ${text['period']['frequency']}</dd>
<dt>Groupes concernés</dt><dd>${' ; '.join(one['name'] + ' : ' + one['affected'] for one in text['groups'])}</dd>
<dt>Contrôle humain</dt><dd>${text['oversight']['who']}. ${text['oversight']['how']}</dd>
<dt>Si un risque se réalise</dt><dd>${text['remedies']['governance']}</dd>
<dt>Plaintes</dt><dd>${text['remedies']['complaints']} ${text['remedies']['contact']}</dd>
</dl>
<div class="wide"><table>
<thead><tr><th scope="col">Droit</th><th scope="col">Atteinte</th><th scope="col">Pour qui</th><th scope="col">Mesures</th></tr></thead>
<tbody>
% for risk in text['risks']:
<tr><td>${risk['right']}</td><td>${risk['harm']}</td><td>${', '.join(risk['groups'])}</td><td>${risk['measures']}</td></tr>
% endfor
</tbody></table></div>
% endif

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
