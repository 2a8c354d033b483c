-- What a yes took off the list of unsubscribers, once for every yes that would have done so (seq: its event; 0: said by
-- hand or by a page). When an import is undone, what only its own events had taken off goes back.
create table lifted_suppressions (
    channel text not null,
    address_hash bigint not null,
    topic text not null,
    seq bigint not null,
    source text not null,
    suppressed_at timestamptz not null,
    sealed_note bytea,
    primary key (channel, address_hash, topic, seq)
);
create index lifted_suppressions_seq on lifted_suppressions (seq);
