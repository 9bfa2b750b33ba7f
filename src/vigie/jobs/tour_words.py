"""What the tour says, French and English."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "fr": {
        "hello": "Visite de la ville de démonstration : {url}\n"
        "Chaque étape est faite par l'interface publique ; suivez-la dans un navigateur.\n"
        "Comptes : operator, shift_head, planner, investigator, visite-gardien, dpo."
        " Mot de passe : {password}",
        "quiet": "1. Avant — {url}/demain (planner)\n   L'agenda n'annonce aucune incompatibilité.",
        "tomorrow": "1. Avant — {url}/demain?view=clashes&clash={clash} (planner)\n"
        "   {n} incompatibilités dans l'agenda. Celle d'un match : {first}\n"
        "   Et si… : l'heure, le lieu, les postes changent sans que rien ne soit gardé :\n"
        "   {url}/demain?event={event}&tab=means",
        "situation": "2. En direct — {url}/aujourdhui?situation={about} (operator)\n"
        "   {alert} Quatre sources parlent sans doute d'un seul incident ({percent} %) :\n"
        "   {sources}. {means} moyens par temps de trajet ; sous « Agir », la fiche réflexe"
        " et l'engagement, qu'une personne décide.",
        "today": "2. En direct — {url}/aujourdhui (shift_head)\n"
        "   La carte en direct, ce qui se passe, ce qui se tait.",
        "dark": "3. Les caméras — {url}/cameras (operator)\n"
        "   Aucune n'a filmé ici : il y faut l'extra vidéo, et une caméra du registre.",
        "camera": "3. Cinq minutes avant — {url}/cameras?about={about}&since={since}"
        " (operator)\n   La caméra {camera} a filmé (images dessinées). L'opérateur dit"
        " pourquoi ; la ligne du journal vient avant l'image.",
        "case": "4. Enquêtes — {url}/enquetes?case={case} (investigator)\n"
        "   Un dossier est ouvert ; un autre enquêteur, visite-gardien, garde les preuves.",
        "wider": "5. La réquisition — {url}/enquetes?case={case}"
        "&tab=requisitions&req={requisition}\n"
        "   Ce que l'acte couvre est gelé. Une requête plus large d'une heure : « {said} »",
        "approvals": "6. Deux autres personnes approuvent la requête exacte"
        " (visite-gardien, puis dpo).\n   Le demandeur a essayé : « {said} »\n"
        "   {url}/enquetes?case={case}&tab=requisitions&req={requisition}",
        "package": "7. Le coffre s'ouvre une fois : {counts}\n   Une seconde fois : « {again} »\n"
        "   Le paquet : {path}\n   Son propre vérificateur, sans Vigie :\n{found}",
        "liberties": "8. Libertés — {url}/libertes (dpo)\n"
        "   Le dossier est clos : conservations levées, paquet effacé ici."
        " Les {n} dernières lectures du coffre sont au journal, chacune écrite avant.",
        "later": "9. Une semaine plus tard — {url}/demain?event={event}&tab=after (planner)\n"
        "   {title} : prévu avec les seuls faits d'avant, {mean} faits autour (80 % :"
        " {low80} à {high80}), d'après {events} événements passés ; constaté : {observed},"
        " {reading}.",
        "no_later": "9. Une semaine plus tard — {url}/demain (planner)\n"
        "   Aucun match d'il y a une semaine ne peut encore être comparé à sa prévision.",
        "inside": "dans l'intervalle",
        "above": "au-dessus de l'intervalle",
        "below": "au-dessous de l'intervalle",
        "end": "10. Au terme, ce qui est personnel s'efface et la preuve reste :"
        " {url}/libertes?tab=retention (dpo)\n"
        "Fin. Le registre public dit le reste : {url}/libertes?tab=register",
    },
    "en": {
        "hello": "A tour of the demonstration city: {url}\n"
        "Each step is done through the public interface; follow it in a browser.\n"
        "Accounts: operator, shift_head, planner, investigator, visite-gardien, dpo."
        " Password: {password}",
        "quiet": "1. Before: {url}/demain (planner)\n   The agenda tells of no clash.",
        "tomorrow": "1. Before: {url}/demain?view=clashes&clash={clash} (planner)\n"
        "   {n} clashes in the agenda. A match's: {first}\n"
        "   What if: hour, place and posts change, and nothing of it is kept:\n"
        "   {url}/demain?event={event}&tab=means",
        "situation": "2. Live: {url}/aujourdhui?situation={about} (operator)\n"
        "   {alert} Four sources probably tell of one incident ({percent} %):\n"
        "   {sources}. {means} means by travel time; under “Act”, the reflex card and the"
        " dispatch, which a person decides.",
        "today": "2. Live: {url}/aujourdhui (shift_head)\n"
        "   The live map, what is going on, what is silent.",
        "dark": "3. The cameras: {url}/cameras (operator)\n"
        "   None has filmed here: it takes the video extra, and a camera of the register.",
        "camera": "3. Five minutes earlier: {url}/cameras?about={about}&since={since}"
        " (operator)\n   Camera {camera} has filmed (drawn pictures). The operator says why;"
        " the line of the audit comes before the picture.",
        "case": "4. Inquiries: {url}/enquetes?case={case} (investigator)\n"
        "   A case is open; another investigator, visite-gardien, keeps the evidence.",
        "wider": "5. The requisition: {url}/enquetes?case={case}"
        "&tab=requisitions&req={requisition}\n"
        "   What the act covers is frozen. A query wider by an hour: “{said}”",
        "approvals": "6. Two other persons approve the exact query"
        " (visite-gardien, then dpo).\n   The requester tried: “{said}”\n"
        "   {url}/enquetes?case={case}&tab=requisitions&req={requisition}",
        "package": "7. The vault opens once: {counts}\n   A second time: “{again}”\n"
        "   The package: {path}\n   Its own verifier, without Vigie:\n{found}",
        "liberties": "8. Liberties: {url}/libertes (dpo)\n"
        "   The case is closed: holds released, the package deleted here."
        " The last {n} readings of the vault are in the audit, each written first.",
        "later": "9. A week later: {url}/demain?event={event}&tab=after (planner)\n"
        "   {title}: foreseen from the facts before it alone, {mean} facts around it (80 %:"
        " {low80} to {high80}), after {events} past events; happened: {observed},"
        " {reading}.",
        "no_later": "9. A week later: {url}/demain (planner)\n"
        "   No match of a week ago can be compared with its forecast yet.",
        "inside": "within the interval",
        "above": "above the interval",
        "below": "below the interval",
        "end": "10. At its term what is personal goes and the proof stays:"
        " {url}/libertes?tab=retention (dpo)\n"
        "The end. The public register says the rest: {url}/libertes?tab=register",
    },
}
