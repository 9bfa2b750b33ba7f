"""What is read of each hospital format, and what is known and refused: the allow-lists."""

# ruff: noqa: E501 -- one field a line reads as a table

from __future__ import annotations

from vigie.intake.connector import Field, FieldPrivacy
from vigie.intake.messages.allowed import AllowList


def _field(
    name: str, fr: str, en: str, privacy: FieldPrivacy = "none", *, required: bool = False
) -> Field:
    return Field(name, {"fr": fr, "en": en}, privacy, required)


# fmt: off
RPU_FIELDS = (
    _field("ETABLISSEMENT.FINESS", "Établissement", "Hospital", required=True),
    _field("ETABLISSEMENT.EXTRACT", "Date de l'extraction", "When extracted"),
    _field("ETABLISSEMENT.DATEDEBUT", "Premier jour couvert", "First day covered"),
    _field("ETABLISSEMENT.DATEFIN", "Dernier jour couvert", "Last day covered"),
    _field("ETABLISSEMENT.ORDRE", "Numéro d'ordre de l'envoi", "Sequence number of the sending"),
    _field("PATIENT.ENTREE", "Date et heure d'entrée", "Date and time of arrival", required=True),
    _field("PATIENT.GRAVITE", "Gravité CCMU, par groupe", "Severity (CCMU), by group"),
    _field("PATIENT.TRANSPORT", "Moyen de transport, par groupe", "Means of transport, by group"),
    _field("PATIENT.MODE_SORTIE", "Mode de sortie : hospitalisé ou non", "Discharge: admitted or not"),
    _field("PATIENT.NAISSANCE", "Date de naissance : tranche d'âge seulement", "Birth date: age group only", "personal"),
    _field("PATIENT.SEXE", "Sexe : refusé", "Sex: refused", "personal"),
    _field("PATIENT.CP", "Code postal : refusé", "Postcode: refused", "personal"),
    _field("PATIENT.COMMUNE", "Commune : refusée", "Town: refused", "personal"),
    _field("PATIENT.MODE_ENTREE", "Mode d'entrée : refusé", "Mode of entry: refused", "personal"),
    _field("PATIENT.PROVENANCE", "Provenance : refusée", "Where from: refused", "personal"),
    _field("PATIENT.TRANSPORT_PEC", "Prise en charge du transport : refusée", "Care on the way: refused", "personal"),
    _field("PATIENT.MOTIF", "Motif : refusé", "Reason: refused", "personal"),
    _field("PATIENT.DP", "Diagnostic principal : refusé", "Main diagnosis: refused", "personal"),
    _field("PATIENT.LISTE_DA", "Diagnostics associés : refusés", "Other diagnoses: refused", "personal"),
    _field("PATIENT.LISTE_ACTES", "Actes : refusés", "Procedures: refused", "personal"),
    _field("PATIENT.SORTIE", "Date de sortie : refusée", "When discharged: refused", "personal"),
    _field("PATIENT.DESTINATION", "Destination : refusée", "Destination: refused", "personal"),
    _field("PATIENT.ORIENT", "Orientation : refusée", "Orientation: refused", "personal"),
)
HL7_FIELDS = (
    _field("MSH-4", "Établissement émetteur", "Sending facility"),
    _field("MSH-7", "Date du message", "When the message was made"),
    _field("MSH-9", "Type de message", "Type of message", required=True),
    _field("MSH-10", "Identifiant du message", "Message control id"),
    _field("MSH-11", "Production ou test", "Production or test"),
    _field("MSH-12", "Version", "Version", required=True),
    _field("EVN-2", "Date de l'événement", "When it happened"),
    _field("PV1-2", "Classe du patient : E, urgences", "Patient class: E, emergency", required=True),
    _field("PV1-19", "Numéro de venue : empreinte à clé seulement", "Visit number: keyed hash only"),
    _field("PV1-36", "Mode de sortie : hospitalisé ou non", "Discharge: admitted or not"),
    _field("PV1-44", "Date et heure d'arrivée", "Date and time of arrival"),
    _field("PV2-38", "Mode d'arrivée, par groupe", "Mode of arrival, by group"),
    _field("PV2-40", "Gravité, par groupe", "Severity, by group"),
    _field("PID", "Patient : tranche d'âge de PID-7, rien d'autre", "Patient: age group of PID-7, nothing else", "personal"),
    *(
        _field(name, "Segment refusé", "Segment refused", "personal")
        for name in (
            "ACC", "AL1", "ARV", "CON", "DB1", "DG1", "DRG", "GT1", "IAM", "IN1", "IN2", "IN3", "MRG", "NK1",
            "NTE", "OBX", "PD1", "PDA", "PR1", "PRD", "ROL", "SFT", "UAC", "UB1", "UB2",
            "ZBE", "ZFA", "ZFD", "ZFM", "ZFP", "ZFS", "ZFU", "ZFV",
        )
    ),
)
FHIR_FIELDS = (
    _field("Encounter.resourceType", "Type de ressource", "Resource type", required=True),
    _field("Encounter.id", "Identifiant : empreinte à clé seulement", "Identifier: keyed hash only"),
    _field("Encounter.status", "État", "Status", required=True),
    _field("Encounter.class.code", "Classe : EMER, urgences", "Class: EMER, emergency", required=True),
    _field("Encounter.class", "Classe, libellés", "Class, labels"),
    _field("Encounter.priority", "Gravité, par groupe", "Severity, by group"),
    _field("Encounter.period.start", "Date et heure d'arrivée", "Date and time of arrival", required=True),
    _field("Encounter.period", "Séjour : la fin n'est pas lue", "Stay: its end is not read"),
    _field("Encounter.hospitalization.admitSource", "Mode d'arrivée, par groupe", "Mode of arrival, by group"),
    _field("Encounter.hospitalization.dischargeDisposition", "Sortie : hospitalisé ou non", "Discharge: admitted or not"),
    _field("Encounter.serviceProvider", "Établissement", "Hospital"),
    *(
        _field(f"Encounter.{name}", "Refusé", "Refused", "personal")
        for name in (
            "account", "appointment", "basedOn", "classHistory", "contained", "diagnosis", "episodeOfCare",
            "extension", "hospitalization", "identifier", "implicitRules", "language", "length", "location",
            "meta", "modifierExtension", "partOf", "participant", "reasonCode", "reasonReference",
            "serviceType", "statusHistory", "subject", "text", "type",
        )
    ),
    _field("Patient", "Patient : tranche d'âge seulement", "Patient: age group only", "personal"),
)
COUNTS_FIELDS = (
    _field("counts.format", "Nom du format : vigie.counts", "Name of the format: vigie.counts", required=True),
    _field("counts.version", "Version : 1", "Version: 1", required=True),
    _field("counts.site", "Établissement", "Hospital", required=True),
    _field("counts.made_at", "Instant de l'envoi", "When it was made", required=True),
    _field("counts.days.day", "Jour local", "Local day", required=True),
    _field("counts.days.figures.metric", "Grandeur comptée", "Metric counted", required=True),
    _field("counts.days.figures.slots", "Première heure, heure après la dernière, effectif", "First hour, hour after the last, count", required=True),
)
# fmt: on

RPU, FHIR, COUNTS = AllowList(RPU_FIELDS), AllowList(FHIR_FIELDS), AllowList(COUNTS_FIELDS)
HL7_REFUSED = frozenset(field.name for field in HL7_FIELDS if field.privacy == "personal")
