create index identity_merges_loser on identity_merges (loser);
create index identity_merges_winner on identity_merges (winner);
