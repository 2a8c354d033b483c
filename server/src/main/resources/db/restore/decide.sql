-- The launches of campaigns that wait for another approval.
delete from scheduled_tasks where task_name = 'campaign-launch';

-- A launch that was under way at the time of the backup may have gone out since: its run is gone on with, so that the
-- ledger is whole, but sends nothing, and its campaign is cancelled.
with held as (
    update runs set cancelled = true where state = 'planning' and not cancelled
    returning campaign_id),
cancelled as (
    update campaigns set state = 'cancelled' where id in (select campaign_id from held)
    returning id)
insert into audit_trail (at, actor, action, thing, detail)
select current_setting('rekindle.restored_at')::timestamptz, 'restore', 'campaign.cancelled', 'campaign ' || id,
       'its launch was under way when the backup of ' || current_setting('rekindle.backup_at')
       || ' was made and may have been sent since; if it was not, make it anew'
from cancelled order by id;
