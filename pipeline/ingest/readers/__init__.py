"""One reader a file format. Each imports its library only when it is used."""
