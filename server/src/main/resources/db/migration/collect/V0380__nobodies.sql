-- One row per random id that the history has in the place of an id of somebody erased: nothing is added under it. Whose it
-- was nobody can tell.
create table nobodies (customer_id bigint primary key);
