"""The steps that bring a journal's tables from one version of Aval to the next; run in a process of their own."""
