// WooCommerce's own tables (10.9: OrdersTableDataStore::get_database_schema, class-wc-install.php). wc_orders.id is not auto-increment: under
// both storages an order's id comes from posts. Items hang on the order's id and have no dates at all.

/** Order items and their meta: both storages. */
export function orderItemTables(prefix: string): string[] {
  return [
    `create table ${prefix}woocommerce_order_items (
      order_item_id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
      order_item_name text NOT NULL,
      order_item_type varchar(200) NOT NULL DEFAULT '',
      order_id bigint(20) unsigned NOT NULL,
      PRIMARY KEY (order_item_id), KEY order_id (order_id)
    )`,
    `create table ${prefix}woocommerce_order_itemmeta (
      meta_id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
      order_item_id bigint(20) unsigned NOT NULL,
      meta_key varchar(255) default NULL,
      meta_value longtext NULL,
      PRIMARY KEY (meta_id), KEY order_item_id (order_item_id), KEY meta_key (meta_key(32))
    )`,
  ];
}

/** High-performance order storage. */
export function hposTables(prefix: string): string[] {
  return [
    `create table ${prefix}wc_orders (
      id bigint(20) unsigned,
      status varchar(20) null,
      currency varchar(10) null,
      type varchar(20) null,
      tax_amount decimal(26,8) null,
      total_amount decimal(26,8) null,
      customer_id bigint(20) unsigned null,
      billing_email varchar(320) null,
      date_created_gmt datetime null,
      date_updated_gmt datetime null,
      parent_order_id bigint(20) unsigned null,
      payment_method varchar(100) null,
      payment_method_title text null,
      transaction_id varchar(100) null,
      ip_address varchar(100) null,
      user_agent text null,
      customer_note text null,
      PRIMARY KEY (id), KEY status (status), KEY date_created (date_created_gmt),
      KEY customer_id_billing_email (customer_id, billing_email(171)), KEY billing_email (billing_email(191)),
      KEY type_status_date (type, status, date_created_gmt), KEY parent_order_id (parent_order_id),
      KEY date_updated (date_updated_gmt), KEY customer_id_status (customer_id, status), KEY transaction_id (transaction_id(20))
    )`,
    `create table ${prefix}wc_order_addresses (
      id bigint(20) unsigned NOT NULL auto_increment,
      order_id bigint(20) unsigned NOT NULL,
      address_type varchar(20) null,
      first_name text null,
      last_name text null,
      company text null,
      address_1 text null,
      address_2 text null,
      city text null,
      state text null,
      postcode text null,
      country text null,
      email varchar(320) null,
      phone varchar(100) null,
      PRIMARY KEY (id), KEY order_id (order_id), UNIQUE KEY address_type_order_id (address_type, order_id),
      KEY email (email(191)), KEY phone (phone)
    )`,
    `create table ${prefix}wc_order_operational_data (
      id bigint(20) unsigned NOT NULL auto_increment,
      order_id bigint(20) unsigned NULL,
      created_via varchar(100) NULL,
      woocommerce_version varchar(20) NULL,
      prices_include_tax tinyint(1) NULL,
      coupon_usages_are_counted tinyint(1) NULL,
      download_permission_granted tinyint(1) NULL,
      cart_hash varchar(100) NULL,
      new_order_email_sent tinyint(1) NULL,
      order_key varchar(100) NULL,
      order_stock_reduced tinyint(1) NULL,
      date_paid_gmt datetime NULL,
      date_completed_gmt datetime NULL,
      shipping_tax_amount decimal(26,8) NULL,
      shipping_total_amount decimal(26,8) NULL,
      discount_tax_amount decimal(26,8) NULL,
      discount_total_amount decimal(26,8) NULL,
      recorded_sales tinyint(1) NULL,
      PRIMARY KEY (id), UNIQUE KEY order_id (order_id), KEY order_key (order_key)
    )`,
    `create table ${prefix}wc_orders_meta (
      id bigint(20) unsigned NOT NULL auto_increment,
      order_id bigint(20) unsigned NULL,
      meta_key varchar(255) NULL,
      meta_value text NULL,
      PRIMARY KEY (id), KEY meta_key_value (meta_key(50), meta_value(20)),
      KEY order_id_meta_key_meta_value (order_id, meta_key(100), meta_value(82))
    )`,
  ];
}
