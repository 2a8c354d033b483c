-- One row per look at a person; fields: what was shown in clear, null when all was masked. customer_id is null where
-- something was shown of which nobody knows whose it is.
create table person_accesses (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null,
    customer_id bigint,
    what text not null,
    fields text[],
    reason text
);
create index person_accesses_customer on person_accesses (customer_id, id);
create index person_accesses_at on person_accesses (at);
