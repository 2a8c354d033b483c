-- The version of what the mail that asks for confirmation says, beside what the yes was said to.
alter table consent_confirmations add column mail_wording text;
