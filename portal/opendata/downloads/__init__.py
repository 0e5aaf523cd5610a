"""/data: the catalogue, whole datasets as files, daily packages."""
