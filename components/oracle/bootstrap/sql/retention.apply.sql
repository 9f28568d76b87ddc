BEGIN
  DBMS_CAPTURE_ADM.ALTER_CAPTURE(capture_name => '&capture', checkpoint_retention_time => &days);
END;
/
