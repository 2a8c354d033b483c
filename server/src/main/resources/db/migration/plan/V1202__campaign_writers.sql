-- Everybody who made, changed or submitted a campaign, with all roles they did it with: none of them approves it.
create table campaign_writers (
    campaign_id bigint not null references campaigns,
    name text not null,
    roles text[] not null,
    wrote_at timestamptz not null,
    primary key (campaign_id, name)
);
insert into campaign_writers (campaign_id, name, roles, wrote_at)
select c.id, c.author, coalesce(u.roles, k.roles, '{}'), c.created_at
from campaigns c left join users u on u.email = c.author
left join (select 'key:' || name as name, max(roles) as roles from api_keys group by name) k on k.name = c.author;
