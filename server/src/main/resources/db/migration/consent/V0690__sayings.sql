-- One row per saying about permission that was no mere repetition, under the identity it was said of: what a customer's
-- permissions are worked out from again when identities part. weight: decided, plain, or now (by hand or by a link).
create table consent_sayings (
    id bigint generated always as identity primary key,
    identity_id bigint not null,
    purpose text not null,
    channel text not null,
    granted boolean not null,
    source text not null,
    said_at timestamptz not null,
    seq bigint not null,
    weight text not null
);
create index consent_sayings_identity on consent_sayings (identity_id);
insert into consent_sayings (identity_id, purpose, channel, granted, source, said_at, seq, weight)
select * from (
    select customer_id, purpose, channel, decided, decided_source, decided_at, decided_seq, 'decided' from consents where decided is not null
    union all
    select customer_id, purpose, channel, plain, plain_source, plain_at, plain_seq, 'plain' from consents where plain is not null) s
    (customer_id, purpose, channel, granted, source, said_at, seq, weight)
order by said_at, seq;
