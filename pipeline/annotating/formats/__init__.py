"""The file formats of annotation tools: each module writes assignments and reads answers."""
