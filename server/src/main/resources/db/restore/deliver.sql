-- A message that was due at the time of the backup may have gone out since: it is not sent again by itself.
with doubtful as (
    update messages set state = 'in_doubt', reason = 'restored'
    where state in ('ready', 'deferred')
    returning message_id, state, reason, detail, changed_at)
insert into message_changes (message_id, state, reason, detail, changed_at)
select message_id, state, reason, detail, changed_at from doubtful;
