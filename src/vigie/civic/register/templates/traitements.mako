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
