-- Each channel's messages go their own way: what waits for one provider is not looked through for another's.
-- All there were before are mails.
alter table messages add column channel text not null default 'email';
alter table messages alter column channel drop default;
drop index messages_due;
create index messages_due on messages (channel, due_at, message_id) where state in ('ready', 'deferred');
drop index messages_due_asked;
create index messages_due_asked on messages (channel, due_at, message_id)
    where campaign_id = 0 and state in ('ready', 'deferred');
