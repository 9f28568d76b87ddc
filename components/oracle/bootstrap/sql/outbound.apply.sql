DISCONNECT
CONNECT &user/"&password"@//localhost:1521/&cdb
-- Tables one by one and no schema: what else the app keeps there is nobody's business.
BEGIN
  DBMS_XSTREAM_ADM.CREATE_OUTBOUND(
    server_name           => '&server',
    capture_name          => '&capture',
    source_container_name => '&pdb',
    table_names           => '&tables',
    schema_names          => NULL);
END;
/
