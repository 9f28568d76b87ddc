-- Express Edition has 2 GB in total, and by default each stream takes 1 GB.
BEGIN
  DBMS_XSTREAM_ADM.SET_PARAMETER(
    streams_name => '&capture', streams_type => 'capture', parameter => 'max_sga_size', value => '&mib');
  DBMS_XSTREAM_ADM.SET_PARAMETER(
    streams_name => '&server', streams_type => 'apply', parameter => 'max_sga_size', value => '&mib');
END;
/
