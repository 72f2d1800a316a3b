-- get_link_secret: what the company's contact codes are made of.
-- $1 tenant
select link_secret as secret from tenants where id = $1;
