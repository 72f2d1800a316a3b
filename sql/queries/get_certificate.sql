-- get_certificate: what a shop's "zero escrita" certificate is made of. One row, or none for a shop that was never read.
-- $1 tenant · $2 site
select t.name as "tenantName", s.name as "siteName", s.site_url as "siteUrl", coalesce(s.time_zone, s.detected_time_zone, t.time_zone) as "timeZone",
       c.mode, c.host, c.port, c.username, c.database_name as "database", c.tls_mode as "tlsMode", c.ssh_host as "sshHost",
       a.run_id::text as "runId", r.kind as "runKind", a.taken_at as "takenAt", a.server_version as "serverVersion", a.account,
       a.read_only_variable as "readOnlyVariable", a.statement_limit_ms as "statementLimitMs", a.grants, a.grants_at as "grantsAt",
       a.statements, a.shape_count as "shapeCount", a.statement_count as "statementCount", a.ms, a.rested_ms as "restedMs"
from shop_access a
join sites s on s.tenant_id = a.tenant_id and s.id = a.site_id
join tenants t on t.id = a.tenant_id
join connections c on c.tenant_id = a.tenant_id and c.site_id = a.site_id
left join runs r on r.tenant_id = a.tenant_id and r.id = a.run_id
where a.tenant_id = $1 and a.site_id = $2;
