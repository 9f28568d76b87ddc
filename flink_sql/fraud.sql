-- Workflow 2: the fraud rules. Reads the change events themselves, not the cleaned topics: with exactly-once output each
-- further hop costs one checkpoint of latency. docs/detection.md defines what is judged. Both inserts begin with the same queries, those of
-- payments.jinja, so Flink runs them once.
--
-- Variables: window_minutes, before and after a payment; burst_count payments (more is a burst); burst_amount, sum of small
-- payments (as much or more is a burst); large_amount of one payment (as much or more is large); home_prefix, the start of
-- the addresses at home; looked_at, payments of an account that are looked at for each of its payments, itself included.
{% from "payments.jinja" import windowed, amount with context %}
EXECUTE STATEMENT SET
BEGIN

-- One row for each payment and rule that it broke; the id is the same after a replay.
INSERT INTO `fraud_alert`
WITH {{ windowed("payments", "small_cents") }}
SELECT
  CONCAT(CAST(`ID` AS STRING), '-', `rule_id`), `ID`, `ACCOUNT_ID`, `rule_id`, `reason`, `score`, `AMOUNT`,
  CAST(`RECEIVED_AT` AS TIMESTAMP_LTZ(3)), CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3))
FROM (
  SELECT *,
    `payments` > {{ burst_count }} AS `burst_count`,
    `small_cents` >= CAST({{ burst_amount }} * 100 AS BIGINT) AND `AMOUNT` < {{ large_amount }} AS `burst_amount`,
    `AMOUNT` >= {{ large_amount }} AS `large_amount`,
    CASE WHEN `payments` = {{ looked_at }} THEN 'at least ' ELSE '' END AS `at_least`
  FROM `windowed`
)
CROSS JOIN UNNEST(ARRAY[
  ROW('burst_count', 40, `burst_count`,
    CONCAT(`at_least`, CAST(`payments` AS STRING), ' payments within {{ window_minutes }} minutes, more than {{ burst_count }}')),
  ROW('burst_amount', 50, `burst_amount`,
    CONCAT('small payments of ', `at_least`, CAST({{ amount("`small_cents`") }} AS STRING),
      ' within {{ window_minutes }} minutes, {{ burst_amount }} or more')),
  ROW('large_amount', 60, `large_amount`,
    CONCAT('one payment of ', CAST(`AMOUNT` AS STRING), ', {{ large_amount }} or more')),
  ROW('foreign_address', 50, `foreign`,
    CONCAT('payment from ', `IP_ADDRESS`, ', which does not start with {{ home_prefix }}'))
]) AS `rule` (`rule_id`, `score`, `broken`, `reason`)
-- Most payments break no rule: no array is made for them.
WHERE (`burst_count` OR `burst_amount` OR `large_amount` OR `foreign`) AND `broken`;

-- Accounts for which a rule holds over the window of the payment that arrived last. The row goes with the first payment
-- for which none does.
INSERT INTO `flagged_user`
WITH {{ windowed("payments", "foreign_payments", "cents", "small_cents") }},
`latest` AS (
  SELECT `ACCOUNT_ID`, `RECEIVED_AT`, `payments`, `cents`,
    `payments` > {{ burst_count }} AS `burst_count`,
    `small_cents` >= CAST({{ burst_amount }} * 100 AS BIGINT) AS `burst_amount`,
    `cents` > `small_cents` AS `large_amount`,
    `foreign_payments` > 0 AS `foreign_address`
  FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY `ACCOUNT_ID` ORDER BY `seq` DESC) AS `newest`
    FROM `windowed`
  )
  WHERE `newest` = 1
)
SELECT
  `latest`.`ACCOUNT_ID`, `account`.`USERNAME`, `account`.`EMAIL`,
  {{ amount("`latest`.`cents`") }}, `latest`.`payments`, CAST(`latest`.`RECEIVED_AT` AS TIMESTAMP_LTZ(3)),
  CONCAT_WS(',',
    CASE WHEN `latest`.`burst_count` THEN 'burst_count' END,
    CASE WHEN `latest`.`burst_amount` THEN 'burst_amount' END,
    CASE WHEN `latest`.`large_amount` THEN 'large_amount' END,
    CASE WHEN `latest`.`foreign_address` THEN 'foreign_address' END
  ),
  CAST(LEAST(100,
    CASE WHEN `latest`.`burst_count` THEN 40 ELSE 0 END
    + CASE WHEN `latest`.`burst_amount` THEN 50 ELSE 0 END
    + CASE WHEN `latest`.`large_amount` THEN 60 ELSE 0 END
    + CASE WHEN `latest`.`foreign_address` THEN 50 ELSE 0 END
  ) AS INT)
FROM `latest`
JOIN `fd.SAMPLE.AUTH_USER` AS `account` ON `account`.`ID` = `latest`.`ACCOUNT_ID`
WHERE `latest`.`burst_count` OR `latest`.`burst_amount` OR `latest`.`large_amount` OR `latest`.`foreign_address`;

END;
