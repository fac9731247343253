"""People as annotators: sentences go out to annotation tools, and what people answered comes back as votes."""
