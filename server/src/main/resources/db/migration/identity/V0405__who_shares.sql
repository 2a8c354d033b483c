-- Who shares an identifier with whom is looked up from either side.
create index identity_conflicts_customer on identity_conflicts (customer_id);
create index identity_conflicts_refused on identity_conflicts (refused_customer_id);
