-- who told of the order first: another shop may use the same numbers for other customers; null for orders of before
alter table orders_placed add column source_id integer;
-- whether it was told of somebody with more than an anonymous id
alter table orders_placed add column of_known_customer boolean not null default true;

-- one row per order whose number was another source's order's already: the name it is kept under
create table orders_renamed (
    number text not null,
    source_id integer not null,
    order_id text not null,
    primary key (number, source_id)
);

-- one row per order that events took back of before anybody placed it: how much
create table orders_taken_back_early (
    order_id text primary key,
    amount numeric(18, 4) not null
);
