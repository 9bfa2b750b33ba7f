"""What a citizen may know: public figures, the register, the impact assessments."""
