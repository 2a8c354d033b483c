-- one row per order of a source that an event took back all of before anybody placed it: it is taken back once it is
-- placed; kind: refund or cancellation
create table orders_taken_back_whole (
    number text not null,
    source_id integer not null,
    customer_id bigint not null,
    of_known_customer boolean not null,
    kind text not null,
    occurred_at timestamptz not null,
    primary key (number, source_id)
);
