<%inherit file="layout.mako"/>
<%def name="title()">Registre des activités de traitement</%def>
<p>Article 30 du règlement (UE) 2016/679 et article 24 de la directive (UE) 2016/680. Chaque magasin de données a un régime, un responsable et une durée, et un seul de chaque. Le nom du responsable et les coordonnées du délégué sont à compléter par la ville.</p>
% for one in register['terms']:
<h2>${one['title']['fr']}</h2>
<div class="wide"><table><tbody>
<tr><th scope="row">Régime</th><td>${word('regimes', one['regime'])}</td></tr>
<tr><th scope="row">Responsable</th><td>${one['controller']}</td></tr>
<tr><th scope="row">Finalités</th><td>${' ; '.join(word('purposes', purpose) for purpose in one['purposes'])}</td></tr>
<tr><th scope="row">Destinataires</th><td>${recipients(one)}</td></tr>
<tr><th scope="row">Durée</th><td>${term(one['term'])} (au plus ${term(one['ceiling'])}), à compter ${SINCE[one['since']]}</td></tr>
<tr><th scope="row">Au terme</th><td>${AT_TERM[one['at_term']]}${' ; une conservation légale peut suspendre' if one['holdable'] else ''}</td></tr>
<tr><th scope="row">Fondement</th><td>${one['basis']['fr']}</td></tr>
<tr><th scope="row">Transferts hors de l’Union</th><td>Aucun : le système ne parle qu’aux adresses que la ville a inscrites.</td></tr>
</tbody></table></div>
% endfor
<h2 id="champs">Les champs gardés, et pourquoi</h2>
<p>Un champ que personne ne lit est signalé après 90 jours et vidé après 180 (minimisation, RGPD art. 5(1)(c)). Seuls des jours sont comptés, jamais qui a lu.</p>
% for dataset, fields in by_dataset.items():
<h3>${word('datasets', dataset)}</h3>
<div class="wide"><table>
<thead><tr><th scope="col">Champ</th><th scope="col">Besoin</th><th scope="col">État</th></tr></thead>
<tbody>
% for one in fields:
<tr><th scope="row"><code>${one['field']}</code></th><td>${one['taken_up_for'] or one['need']['fr']}</td><td>${word('field_states', one['state'])}</td></tr>
% endfor
</tbody></table></div>
% endfor
