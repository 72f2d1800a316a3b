-- undo_opt_outs: takes back what people said of these keys and this channel; the plugin's own goes with the shop's flag only.
-- $1 tenant · $2 keys · $3 channel · $4 user · $5 now
update opt_outs set undone_at = $5, undone_by = $4
where tenant_id = $1 and key = any($2::text[]) and channel = $3 and source <> 'plugin' and undone_at is null;
