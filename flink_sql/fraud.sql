-- Workflow 2: the fraud rules. Reads the change events themselves, not the cleaned topics: with exactly-once output each
-- further hop costs one checkpoint of latency. docs/detection.md defines what is judged; this is how.
--
-- Variables: window_minutes, before and after a payment; burst_count payments (more is a burst); burst_amount, sum of small
-- payments (as much or more is a burst); large_amount of one payment (as much or more is large); home_prefix, the start of
-- the addresses at home.
{# Payments of an account that are looked at for each of its payments, itself included. -#}
{% set looked_at = [burst_count + 1, 32] | max -%}
{# A repetition is known by the ids last seen in its bucket: at least buckets * ids consecutive ids. -#}
{% set buckets, ids = 32749, 4 -%}
{% macro near(place, value) -%}
CASE WHEN `at{{ place }}` BETWEEN `since` AND `until` THEN {{ value }} ELSE 0 END
{%- endmacro -%}
{#
Both inserts begin with these queries, so Flink runs them once.
`arrived`: each record in the order of arrival, with the ids that came before it in its bucket. An application's clock may be ahead, but no
payment was made after it reached Kafka.
`payment`: each payment once. `value` packs what the windows sum into one number: twice the cents paid, plus one if it came
from abroad. `nth` counts the account's payments.
`looked`: the account's last payments. Each of the places holds every so many-th payment, so that all of them hold the last ones: LAG would keep
a list of its own for each distance.
`windowed`: what lies within the window, on both sides, since the first payment of a burst may be read last.
-#}
{% macro windowed() -%}
`arrived` AS (
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, `IP_ADDRESS`, `seq`, LEAST(`RECEIVED_AT`, `$rowtime`) AS `at`,
    {% for i in range(1, ids + 1) %}LAG(`ID`, {{ i }}) OVER `bucket` AS `id{{ i }}`{{ ", " if not loop.last }}{% endfor %}
  FROM `fd.SAMPLE.USER_TRANSACTION`
  WINDOW `bucket` AS (PARTITION BY MOD(`ID`, {{ buckets }}) ORDER BY `seq`)
),
`located` AS (
  SELECT *, LOWER(`IP_ADDRESS`) NOT LIKE '{{ home_prefix }}%' AND LOWER(`IP_ADDRESS`) NOT LIKE '::ffff:{{ home_prefix }}%' AS `foreign`
  FROM `arrived`
  WHERE {% for i in range(1, ids + 1) %}`id{{ i }}` IS DISTINCT FROM `ID`{{ " AND " if not loop.last }}{% endfor %}
),
`payment` AS (
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, `IP_ADDRESS`, `seq`, `at`, `foreign`,
    `at` - INTERVAL '{{ window_minutes }}' MINUTE AS `since`, `at` + INTERVAL '{{ window_minutes }}' MINUTE AS `until`,
    CASE WHEN `AMOUNT` > 0 THEN CAST(`AMOUNT` * 200 AS BIGINT) ELSE 0 END + CASE WHEN `foreign` THEN 1 ELSE 0 END AS `value`,
    COUNT(*) OVER `account` AS `nth`
  FROM `located`
  WINDOW `account` AS (PARTITION BY `ACCOUNT_ID` ORDER BY `seq` ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
`looked` AS (
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, `IP_ADDRESS`, `seq`, `foreign`, `since`, `until`,
    {% for i in range(looked_at) -%}
    LAST_VALUE(CASE WHEN MOD(`nth`, {{ looked_at }}) = {{ i }} THEN `at` END) OVER `account` AS `at{{ i }}`,
    LAST_VALUE(CASE WHEN MOD(`nth`, {{ looked_at }}) = {{ i }} THEN `value` END) OVER `account` AS `value{{ i }}`{{ ", " if not loop.last }}
    {%- endfor %}
  FROM `payment`
  WINDOW `account` AS (PARTITION BY `ACCOUNT_ID` ORDER BY `seq` ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
`summed` AS (
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, `IP_ADDRESS`, `seq`, `foreign`,
    {% for i in range(looked_at) %}{{ near(i, "1") }}{{ " + " if not loop.last }}{% endfor %} AS `payments`,
    {% for i in range(looked_at) %}{{ near(i, "`value%d`" % i) }}{{ " + " if not loop.last }}{% endfor %} AS `values`,
    {% for i in range(looked_at) %}{{ near(i, "MOD(`value%d`, 2)" % i) }}{{ " + " if not loop.last }}{% endfor %} AS `foreign_payments`,
    {% for i in range(looked_at) %}CASE WHEN `value{{ i }}` < CAST({{ large_amount }} * 200 AS BIGINT) THEN {{ near(i, "`value%d` - MOD(`value%d`, 2)" % (i, i)) }} ELSE 0 END{{ " + " if not loop.last }}{% endfor %} AS `small_values`
  FROM `looked`
),
`windowed` AS (
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, `IP_ADDRESS`, `seq`, `foreign`, `foreign_payments`,
    CAST(`payments` AS BIGINT) AS `payments`,
    CAST((`values` - `foreign_payments`) * 0.005 AS DECIMAL(18, 2)) AS `amount`,
    CAST(`small_values` * 0.005 AS DECIMAL(18, 2)) AS `small_amount`
  FROM `summed`
)
{%- endmacro -%}
EXECUTE STATEMENT SET
BEGIN

-- One row for each payment and rule that it broke; the id is the same after a replay.
INSERT INTO `fraud_alert`
WITH {{ windowed() | replace("\n", " ") }}
SELECT
  CONCAT(CAST(`ID` AS STRING), '-', `rule_id`), `ID`, `ACCOUNT_ID`, `rule_id`, `reason`, `score`, `AMOUNT`,
  CAST(`RECEIVED_AT` AS TIMESTAMP_LTZ(3)), CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3))
FROM (
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, 'burst_count' AS `rule_id`, 40 AS `score`,
    CONCAT(CASE WHEN `payments` = {{ looked_at }} THEN 'at least ' ELSE '' END, CAST(`payments` AS STRING),
      ' payments within {{ window_minutes }} minutes, more than {{ burst_count }}') AS `reason`
  FROM `windowed` WHERE `payments` > {{ burst_count }}
  UNION ALL
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, 'burst_amount', 50,
    CONCAT('small payments of ', CASE WHEN `payments` = {{ looked_at }} THEN 'at least ' ELSE '' END,
      CAST(`small_amount` AS STRING), ' within {{ window_minutes }} minutes, {{ burst_amount }} or more')
  FROM `windowed` WHERE `small_amount` >= {{ burst_amount }} AND `AMOUNT` < {{ large_amount }}
  UNION ALL
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, 'large_amount', 60,
    CONCAT('one payment of ', CAST(`AMOUNT` AS STRING), ', {{ large_amount }} or more')
  FROM `windowed` WHERE `AMOUNT` >= {{ large_amount }}
  UNION ALL
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, 'foreign_address', 50,
    CONCAT('payment from ', `IP_ADDRESS`, ', which does not start with {{ home_prefix }}')
  FROM `windowed` WHERE `foreign`
);

-- Accounts for which a rule holds over the window of the payment that arrived last. The row goes with the first payment
-- for which none does.
INSERT INTO `flagged_user`
WITH {{ windowed() | replace("\n", " ") }},
`latest` AS (
  SELECT `ACCOUNT_ID`, `RECEIVED_AT`, `payments`, `amount`,
    `payments` > {{ burst_count }} AS `burst_count`,
    `small_amount` >= {{ burst_amount }} AS `burst_amount`,
    `amount` > `small_amount` AS `large_amount`,
    `foreign_payments` > 0 AS `foreign_address`
  FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY `ACCOUNT_ID` ORDER BY `seq` DESC) AS `newest`
    FROM `windowed`
  )
  WHERE `newest` = 1
)
SELECT
  `latest`.`ACCOUNT_ID`, `account`.`USERNAME`, `account`.`EMAIL`,
  CAST(`latest`.`amount` AS DECIMAL(18, 2)), `latest`.`payments`, CAST(`latest`.`RECEIVED_AT` AS TIMESTAMP_LTZ(3)),
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
