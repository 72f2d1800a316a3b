// Form Vibes and the CartFlows cart-recovery family. Their shape is the difficulty: misspelt names, dates as text, a text link column without an
// index, a cart table with nothing but its primary key.

export type CartColumns = {
  /** Forks of the plugin (Spoki) keep the phone in a column; the original only inside other_fields. */
  phone?: boolean;
  /** Added by 2.1.3 and later. */
  orderId?: boolean;
  originalCartTotal?: boolean;
};

export const defaultCartTable = 'cartflows_ca_cart_abandonment';

export function formVibesTables(prefix: string): string[] {
  return [
    `create table ${prefix}fv_enteries (
      id int(11) NOT NULL AUTO_INCREMENT,
      form_plugin varchar(50) NOT NULL,
      form_id varchar(100) NOT NULL,
      captured varchar(50) NOT NULL,
      captured_gmt varchar(50) NOT NULL,
      url text NULL,
      user_agent text NULL,
      fv_status varchar(100) NOT NULL DEFAULT 'undefined',
      UNIQUE KEY id (id)
    )`,
    `create table ${prefix}fv_entry_meta (
      id int(11) NOT NULL AUTO_INCREMENT,
      data_id varchar(50) NOT NULL,
      meta_key varchar(100) NOT NULL,
      meta_value text NOT NULL,
      UNIQUE KEY id (id)
    )`,
    `create table ${prefix}fv_logs (
      id int(11) NOT NULL AUTO_INCREMENT,
      event varchar(100) NOT NULL,
      user_id int(11) NOT NULL,
      description varchar(200) NOT NULL,
      export_time varchar(50) NOT NULL,
      export_time_gmt varchar(50) NOT NULL,
      UNIQUE KEY id (id)
    )`,
  ];
}

export function cartTables(
  prefix: string,
  { cartTable, columns }: { cartTable: string; columns: CartColumns },
): string[] {
  return [
    `create table ${prefix}${cartTable} (
      id bigint(20) NOT NULL AUTO_INCREMENT,
      checkout_id int(11) NOT NULL,
      email varchar(100) NULL,
      ${columns.phone ? 'phone varchar(100) NULL,' : ''}
      cart_contents longtext,
      cart_total decimal(10,2),
      ${columns.originalCartTotal ? 'original_cart_total decimal(10,2) NULL,' : ''}
      session_id varchar(60) NOT NULL,
      other_fields longtext,
      order_status enum('normal','abandoned','completed','lost') NOT NULL DEFAULT 'normal',
      unsubscribed boolean DEFAULT 0,
      coupon_code varchar(50),
      ${columns.orderId ? 'order_id bigint(20) NULL,' : ''}
      time datetime DEFAULT NULL,
      PRIMARY KEY (id, session_id), UNIQUE KEY session_id_UNIQUE (session_id)
    )`,
    `create table ${prefix}cartflows_ca_email_templates (
      id bigint(20) NOT NULL AUTO_INCREMENT,
      template_name text NOT NULL,
      email_subject text NOT NULL,
      email_body mediumtext NOT NULL,
      is_activated tinyint(1) NOT NULL DEFAULT '0',
      frequency int(11) NOT NULL,
      frequency_unit enum('MINUTE','HOUR','DAY') NOT NULL DEFAULT 'MINUTE',
      PRIMARY KEY (id)
    )`,
    `create table ${prefix}cartflows_ca_email_templates_meta (
      id bigint(20) NOT NULL AUTO_INCREMENT,
      email_template_id bigint(20) NOT NULL,
      meta_key varchar(255) NOT NULL,
      meta_value longtext NOT NULL,
      PRIMARY KEY (id),
      FOREIGN KEY (email_template_id) REFERENCES ${prefix}cartflows_ca_email_templates (id)
    )`,
    `create table ${prefix}cartflows_ca_email_history (
      id bigint(20) NOT NULL AUTO_INCREMENT,
      template_id bigint(20) NOT NULL,
      ca_session_id varchar(60),
      coupon_code varchar(50),
      scheduled_time datetime,
      email_sent boolean DEFAULT 0,
      PRIMARY KEY (id),
      FOREIGN KEY (template_id) REFERENCES ${prefix}cartflows_ca_email_templates (id),
      FOREIGN KEY (ca_session_id) REFERENCES ${prefix}${cartTable} (session_id) ON DELETE CASCADE
    )`,
  ];
}
