-- Workflow 1: the two flat append topics that feed the warehouse.
EXECUTE STATEMENT SET
BEGIN

-- The users arrive as upserts; the warehouse takes appended rows only, so each insert and update becomes a row. Oracle has
-- no booleans: its flags are numbers of one digit.
INSERT INTO `auth_user`
SELECT
  `ID`, `LAST_LOGIN`, `IS_SUPERUSER` <> 0, `USERNAME`, `FIRST_NAME`, `LAST_NAME`, `EMAIL`, `IS_STAFF` <> 0, `IS_ACTIVE` <> 0,
  `DATE_JOINED`
FROM TO_CHANGELOG(input => TABLE `fd.SAMPLE.AUTH_USER`)
WHERE `op` IN ('INSERT', 'UPDATE_AFTER');

-- Every payment, as it came. The source connector is at-least-once: after a restart it may send payments again, and so
-- does this. Dropping them here would need either the time order, which drops late payments too, or all ids for ever.
INSERT INTO `user_transaction`
SELECT `ID`, `AMOUNT`, `RECEIVED_AT`, `IP_ADDRESS`, `ACCOUNT_ID`
FROM `fd.SAMPLE.USER_TRANSACTION`;

END;
