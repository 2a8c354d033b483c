-- words of rows that could not be used had the cell's value in them, in clear
update import_rejects set detail = 'what stands in the row does not fit'
where reason like 'bad\_%' or reason like 'negative\_%' or reason like '%\_before\_1970' or reason like '%\_in\_the\_future'
    or reason in ('other_currency', 'not_readable');
