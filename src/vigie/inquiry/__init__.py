"""The a-posteriori inquiry: cases, requisitions, the sealed vault, evidence that proves itself."""
