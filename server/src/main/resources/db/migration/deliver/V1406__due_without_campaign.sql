-- While campaigns wait, what customers asked for is found without walking through the campaigns'.
create index messages_due_asked on messages (due_at, message_id) where campaign_id = 0 and state in ('ready', 'deferred');
