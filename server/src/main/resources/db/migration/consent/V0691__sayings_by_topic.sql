-- What was said until now was said of every topic.
alter table consent_sayings add column topic text not null default '', add column evidence bigint not null default 0;

-- One row per agreement that has to be confirmed by mail before it holds.
create table consent_confirmations (
    id bigint generated always as identity primary key,
    customer_id bigint not null,
    purpose text not null,
    channel text not null,
    topic text not null,
    source text not null,
    wording text,
    language text not null,
    asked_at timestamptz not null,
    expires_at timestamptz not null,
    confirmed_at timestamptz
);
create index consent_confirmations_customer on consent_confirmations (customer_id);
