-- A campaign that was approved at the time of the backup may have been launched since: it is not launched again by
-- itself, but waits for another approval by somebody who has looked it up.
with held as (
    update campaigns set state = 'in_review', approver = null, approved_at = null, forecast = null, objective = null
    where state = 'approved'
    returning id)
insert into audit_trail (at, actor, action, thing, detail)
select current_setting('rekindle.restored_at')::timestamptz, 'restore', 'campaign.returned_to_review', 'campaign ' || id,
       'it was approved when the backup of ' || current_setting('rekindle.backup_at')
       || ' was made and may have been sent since; approve it again only if it was not'
from held order by id;
