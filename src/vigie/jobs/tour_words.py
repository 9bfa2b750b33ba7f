"""What the tour says, French and English."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "fr": {
        "hello": "Visite de la ville de démonstration : {url}\n"
        "Chaque étape est faite par l'interface publique ; suivez-la dans un navigateur.\n"
        "Comptes : shift_head, planner, investigator, visite-gardien, dpo."
        " Mot de passe : {password}",
        "today": "1. Aujourd'hui — {url}/aujourdhui (shift_head)\n"
        "   La carte en direct, ce qui se passe, ce qui se tait.",
        "situation": "2. Une situation — {url}/aujourdhui?sel={about}\n"
        "   Autour de ce fait : {facts} faits, {incidents} groupes qui racontent sans doute"
        " le même incident, {plans} usages prévus, {means} moyens par temps de trajet.",
        "tomorrow": "3. Demain — {url}/demain (planner)\n"
        "   {n} incompatibilités dans l'agenda. La première : {first}",
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
        "end": "Fin. Le registre public dit le reste : {url}/libertes?tab=register",
    },
    "en": {
        "hello": "A tour of the demonstration city: {url}\n"
        "Each step is done through the public interface; follow it in a browser.\n"
        "Accounts: shift_head, planner, investigator, visite-gardien, dpo."
        " Password: {password}",
        "today": "1. Today: {url}/aujourdhui (shift_head)\n"
        "   The live map, what is going on, what is silent.",
        "situation": "2. A situation: {url}/aujourdhui?sel={about}\n"
        "   Around this fact: {facts} facts, {incidents} groups that probably tell of one"
        " incident, {plans} plans, {means} means by travel time.",
        "tomorrow": "3. Tomorrow: {url}/demain (planner)\n"
        "   {n} clashes in the agenda. The first: {first}",
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
        "end": "The end. The public register says the rest: {url}/libertes?tab=register",
    },
}
