"""What is read of each hospital format, and what is known and refused: the allow-lists."""

# ruff: noqa: E501 -- one field a line reads as a table

from __future__ import annotations

from vigie.intake.connector import listed
from vigie.intake.messages.allowed import AllowList

# fmt: off
RPU_FIELDS = (
    listed("ETABLISSEMENT.FINESS", "Établissement", "Hospital", required=True),
    listed("ETABLISSEMENT.EXTRACT", "Date de l'extraction", "When extracted"),
    listed("ETABLISSEMENT.DATEDEBUT", "Premier jour couvert", "First day covered"),
    listed("ETABLISSEMENT.DATEFIN", "Dernier jour couvert", "Last day covered"),
    listed("ETABLISSEMENT.ORDRE", "Numéro d'ordre de l'envoi", "Sequence number of the sending"),
    listed("PATIENT.ENTREE", "Date et heure d'entrée", "Date and time of arrival", required=True),
    listed("PATIENT.GRAVITE", "Gravité CCMU, par groupe", "Severity (CCMU), by group"),
    listed("PATIENT.TRANSPORT", "Moyen de transport, par groupe", "Means of transport, by group"),
    listed("PATIENT.MODE_SORTIE", "Mode de sortie : hospitalisé ou non", "Discharge: admitted or not"),
    listed("PATIENT.NAISSANCE", "Date de naissance : tranche d'âge seulement", "Birth date: age group only", "personal"),
    listed("PATIENT.SEXE", "Sexe : refusé", "Sex: refused", "personal"),
    listed("PATIENT.CP", "Code postal : refusé", "Postcode: refused", "personal"),
    listed("PATIENT.COMMUNE", "Commune : refusée", "Town: refused", "personal"),
    listed("PATIENT.MODE_ENTREE", "Mode d'entrée : refusé", "Mode of entry: refused", "personal"),
    listed("PATIENT.PROVENANCE", "Provenance : refusée", "Where from: refused", "personal"),
    listed("PATIENT.TRANSPORT_PEC", "Prise en charge du transport : refusée", "Care on the way: refused", "personal"),
    listed("PATIENT.MOTIF", "Motif : refusé", "Reason: refused", "personal"),
    listed("PATIENT.DP", "Diagnostic principal : refusé", "Main diagnosis: refused", "personal"),
    listed("PATIENT.LISTE_DA", "Diagnostics associés : refusés", "Other diagnoses: refused", "personal"),
    listed("PATIENT.LISTE_ACTES", "Actes : refusés", "Procedures: refused", "personal"),
    listed("PATIENT.SORTIE", "Date de sortie : refusée", "When discharged: refused", "personal"),
    listed("PATIENT.DESTINATION", "Destination : refusée", "Destination: refused", "personal"),
    listed("PATIENT.ORIENT", "Orientation : refusée", "Orientation: refused", "personal"),
)
HL7_FIELDS = (
    listed("MSH-4", "Établissement émetteur", "Sending facility"),
    listed("MSH-7", "Date du message", "When the message was made"),
    listed("MSH-9", "Type de message", "Type of message", required=True),
    listed("MSH-10", "Identifiant du message", "Message control id"),
    listed("MSH-11", "Production ou test", "Production or test"),
    listed("MSH-12", "Version", "Version", required=True),
    listed("EVN-2", "Date de l'événement", "When it happened"),
    listed("PV1-2", "Classe du patient : E, urgences", "Patient class: E, emergency", required=True),
    listed("PV1-19", "Numéro de venue : empreinte à clé seulement", "Visit number: keyed hash only"),
    listed("PV1-36", "Mode de sortie : hospitalisé ou non", "Discharge: admitted or not"),
    listed("PV1-44", "Date et heure d'arrivée", "Date and time of arrival"),
    listed("PV2-38", "Mode d'arrivée, par groupe", "Mode of arrival, by group"),
    listed("PV2-40", "Gravité, par groupe", "Severity, by group"),
    listed("PID", "Patient : tranche d'âge de PID-7, rien d'autre", "Patient: age group of PID-7, nothing else", "personal"),
    *(
        listed(name, "Segment refusé", "Segment refused", "personal")
        for name in (
            "ACC", "AL1", "ARV", "CON", "DB1", "DG1", "DRG", "GT1", "IAM", "IN1", "IN2", "IN3", "MRG", "NK1",
            "NTE", "OBX", "PD1", "PDA", "PR1", "PRD", "ROL", "SFT", "UAC", "UB1", "UB2",
            "ZBE", "ZFA", "ZFD", "ZFM", "ZFP", "ZFS", "ZFU", "ZFV",
        )
    ),
)
FHIR_FIELDS = (
    listed("Encounter.resourceType", "Type de ressource", "Resource type", required=True),
    listed("Encounter.id", "Identifiant : empreinte à clé seulement", "Identifier: keyed hash only"),
    listed("Encounter.status", "État", "Status", required=True),
    listed("Encounter.class.code", "Classe : EMER, urgences", "Class: EMER, emergency", required=True),
    listed("Encounter.class", "Classe, libellés", "Class, labels"),
    listed("Encounter.priority", "Gravité, par groupe", "Severity, by group"),
    listed("Encounter.period.start", "Date et heure d'arrivée", "Date and time of arrival", required=True),
    listed("Encounter.period", "Séjour : la fin n'est pas lue", "Stay: its end is not read"),
    listed("Encounter.hospitalization.admitSource", "Mode d'arrivée, par groupe", "Mode of arrival, by group"),
    listed("Encounter.hospitalization.dischargeDisposition", "Sortie : hospitalisé ou non", "Discharge: admitted or not"),
    listed("Encounter.serviceProvider", "Établissement", "Hospital"),
    *(
        listed(f"Encounter.{name}", "Refusé", "Refused", "personal")
        for name in (
            "account", "appointment", "basedOn", "classHistory", "contained", "diagnosis", "episodeOfCare",
            "extension", "hospitalization", "identifier", "implicitRules", "language", "length", "location",
            "meta", "modifierExtension", "partOf", "participant", "reasonCode", "reasonReference",
            "serviceType", "statusHistory", "subject", "text", "type",
        )
    ),
    listed("Patient", "Patient : tranche d'âge seulement", "Patient: age group only", "personal"),
)
COUNTS_FIELDS = (
    listed("counts.format", "Nom du format : vigie.counts", "Name of the format: vigie.counts", required=True),
    listed("counts.version", "Version : 1", "Version: 1", required=True),
    listed("counts.site", "Établissement", "Hospital", required=True),
    listed("counts.made_at", "Instant de l'envoi", "When it was made", required=True),
    listed("counts.days.day", "Jour local", "Local day", required=True),
    listed("counts.days.figures.metric", "Grandeur comptée", "Metric counted", required=True),
    listed("counts.days.figures.slots", "Première heure, heure après la dernière, effectif", "First hour, hour after the last, count", required=True),
)
# fmt: on

RPU, FHIR, COUNTS = AllowList(RPU_FIELDS), AllowList(FHIR_FIELDS), AllowList(COUNTS_FIELDS)
HL7_REFUSED = frozenset(field.name for field in HL7_FIELDS if field.privacy == "personal")
