"""A language model as annotator, behind any OpenAI-compatible endpoint. Its votes stay votes of a model."""
