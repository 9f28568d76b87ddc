"""Reserved words: a resource with such a name would fail late, in mid-deploy."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SNOWFLAKE = _words("""
    ACCOUNT ALL ALTER AND ANY AS BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONNECTION CONSTRAINT CREATE CROSS CURRENT
    CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DATABASE DELETE DISTINCT DROP ELSE EXISTS FALSE FOLLOWING
    FOR FROM FULL GRANT GROUP GSCLUSTER HAVING ILIKE IN INCREMENT INNER INSERT INTERSECT INTO IS ISSUE JOIN LATERAL LEFT
    LIKE LOCALTIME LOCALTIMESTAMP MINUS NATURAL NOT NULL OF ON OR ORDER ORGANIZATION QUALIFY REGEXP REVOKE RIGHT RLIKE
    ROW ROWS SAMPLE SCHEMA SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER TRUE TRY_CAST UNION UNIQUE UPDATE
    USER USING VALUES VIEW WHEN WHENEVER WHERE WITH INFORMATION_SCHEMA PUBLIC SNOWFLAKE
""")
"""Snowflake's "Reserved & limited keywords", ANSI's USER, and three existing names (PUBLIC in each database)."""

REDSHIFT = _words("""
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
    blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross current_date
    current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k desc
    disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign freeze
    from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect
    interval into is isnull join language leading left like limit localtime localtimestamp lun luns lzo lzop minus
    mostly16 mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open or order outer
    overlaps parallel partition percent permissions pivot placing primary raw readratio recover references rejectlog
    resort respect restore right select session_user similar snapshot some sysdate system table tag tdes text255
    text32k then timestamp to top trailing true truncatecolumns union unique unnest unpivot user using verbose wallet
    when where with without padb_harvest public template0 template1
""")
"""Amazon Redshift's "Reserved words", its own databases, and the group of all users."""

DEPLOYMENT = _words("amazon aws confluent default kubernetes oracle public pulumi snowflake system")
"""Names of services: a deployment's resources would look like theirs."""
