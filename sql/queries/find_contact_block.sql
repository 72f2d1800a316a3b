-- find_contact_block: whether a record may be written to by a channel, at which key; no row when the company has no such record.
-- $1 tenant · $2 entity · $3 id · $4 channel
select code, is_blocking as "isBlocking", since, phone_reason as "phoneReason", key from contact_block($1, $2, $3, $4);
