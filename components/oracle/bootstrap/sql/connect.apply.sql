BEGIN
  DBMS_XSTREAM_ADM.ALTER_OUTBOUND(server_name => '&server', connect_user => '&user');
END;
/
