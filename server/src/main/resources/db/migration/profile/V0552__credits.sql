-- one row per customer id that imported credits (lines taken back under a number of their own) stand under
create table credit_customers (
    customer_id bigint primary key,
    latest timestamptz not null
);

-- one row once the credits of a history that is older than this table were allocated
create table credits_begun (
    from_seq bigint not null
);
