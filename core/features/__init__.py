"""Home Credit's seven tables to one row of 795 columns per application: one file a table, one to join them."""
