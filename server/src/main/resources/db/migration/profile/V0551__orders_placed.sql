-- one row per order that was placed: what of it can still be taken back
create table orders_placed (
    order_id text primary key,
    customer_id bigint not null,
    remaining numeric(18, 4) not null,
    import_id bigint
);
