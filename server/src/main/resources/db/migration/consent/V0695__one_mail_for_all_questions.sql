-- The confirmation in whose mail this one is asked about; null: a mail of its own.
alter table consent_confirmations add column asked_with bigint;
create index consent_confirmations_asked_with on consent_confirmations (asked_with) where asked_with is not null;
-- How often an address was asked of late.
create index consent_confirmations_address on consent_confirmations (address_hash, asked_at);
