"""What is proved and what is not: gaps, the chain of proof, contradictions, the respondent."""
