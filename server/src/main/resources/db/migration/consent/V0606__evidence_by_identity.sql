-- What shows that something was said stands under the identity it was said of, as the saying itself does: whose that is may
-- change. (The sayings are of a later number; they are there where this comes to a database that is in use.)
do $$
begin
    if exists (select 1 from information_schema.columns
               where table_schema = current_schema() and table_name = 'consent_sayings' and column_name = 'evidence') then
        update consent_evidence e set customer_id = s.identity_id
        from consent_sayings s where s.evidence = e.id and s.identity_id <> e.customer_id;
    end if;
end $$;
