"""Whether what was erased has left the files, for the administrator."""
