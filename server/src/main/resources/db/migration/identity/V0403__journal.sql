-- The journal: one row per join of two identifiers that were apart until then. The rows that are not undone are the edges
-- of a graph whose connected parts are the customers. winner and loser are the customers of then; they are one where the
-- row is one more reason for what was one already.
create table identity_links (
    id bigint generated always as identity primary key,
    left_id bigint not null,
    left_type text not null,
    right_id bigint not null,
    right_type text not null,
    rule text not null,
    score double precision,
    request_id bigint,
    seq bigint not null,
    linked_at timestamptz not null,
    winner bigint not null,
    loser bigint not null,
    merged boolean not null,
    undone_seq bigint,
    undone_at timestamptz,
    undone_request_id bigint
);
create index identity_links_left on identity_links (left_id) where undone_seq is null;
create index identity_links_right on identity_links (right_id) where undone_seq is null;
create index identity_links_uncertain on identity_links (left_id) where undone_seq is null and rule in ('probable_match', 'by_hand');
create index identity_links_winner on identity_links (winner);
create index identity_links_loser on identity_links (loser);

-- What stood before there was a journal: a star around each customer's own identifier.
insert into identity_links (left_id, left_type, right_id, right_type, rule, seq, linked_at, winner, loser, merged)
select i.customer_id, c.type, i.id, i.type, 'before_journal', 0, i.linked_at, i.customer_id, i.id,
    exists (select 1 from identity_merges m where m.loser = i.id)
from identifiers i join identifiers c on c.id = i.customer_id where i.id <> i.customer_id;

-- One row per pair of identifiers that must not become one customer (again).
create table identity_separations (
    left_id bigint not null,
    right_id bigint not null,
    since timestamptz not null,
    seq bigint not null,
    primary key (left_id, right_id)
);
create index identity_separations_right on identity_separations (right_id);

-- One row per merge or un-merge somebody asked for: by whom. The log has it as an event with this number.
create table identity_requests (
    id bigint generated always as identity primary key,
    kind text not null,
    left_id bigint not null,
    right_id bigint not null,
    rule text not null,
    requested_by text not null,
    requested_at timestamptz not null
);

-- Whoever keeps state by customer reads here whose identifiers went where; split: a part of a customer left it.
alter table identity_merges add column split boolean not null default false;

-- How many customers claimed an identifier (were linked through it, or refused), and since when it is one that many share.
alter table identifiers add column claims integer not null default 0, add column shared_since timestamptz;
create index identifiers_shared on identifiers (shared_since) where shared_since is not null;
update identifiers i set claims = l.n from (select right_id, count(*) as n from identity_links group by right_id) l where l.right_id = i.id;
