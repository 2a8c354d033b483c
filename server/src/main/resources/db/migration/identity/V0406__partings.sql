-- For other modules: one row per time a part of a customer's identifiers went to another one, because a merge was undone. The
-- number is the regrouping's: whoever has come to a later one has taken it in.
create view customer_partings as
select id as number, loser as customer_id, winner as other_id from identity_merges where split;

-- Few merges are undone: whether some were lately is asked for every message.
create index identity_merges_split on identity_merges (id) where split;
