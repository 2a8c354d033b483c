-- One row per identifier ever seen: whom it belongs to today. A customer's own id is the id of its strongest identifier.
create table identifiers (
    id bigint primary key,
    type text not null,
    customer_id bigint not null,
    first_seen timestamptz not null,
    linked_at timestamptz not null
);
create index identifiers_customer on identifiers (customer_id);

-- One row per customer that was found to be another: read in order by whoever keeps state by customer.
create table identity_merges (
    id bigint generated always as identity primary key,
    loser bigint not null,
    winner bigint not null,
    merged_at timestamptz not null,
    seq bigint not null
);

-- One row per link that was refused: which identifier, between whom, why, how often.
create table identity_conflicts (
    id bigint generated always as identity primary key,
    identifier_id bigint not null,
    type text not null,
    customer_id bigint not null,
    refused_customer_id bigint not null,
    reason text not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    times bigint not null,
    unique (identifier_id, refused_customer_id, reason)
);

-- For other modules: one row per identifier, whom it belongs to today. An id that is not here belongs to itself.
create view customer_aliases as select id as alias_id, customer_id from identifiers;
