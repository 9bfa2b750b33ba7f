"""Retention at work: the run that deletes, holds, the ledger of erasures, the calendar."""
