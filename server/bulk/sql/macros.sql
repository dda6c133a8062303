-- The firm's calendar and the few comparisons that several clauses share.

-- Shanghai has kept one offset since 1991; the time zone's own table is asked, slowly, only for what is older.
CREATE MACRO local_day(instant) AS
  CASE WHEN instant >= TIMESTAMPTZ '1992-01-01 00:00:00+00'
       THEN DATE '1970-01-01' + CAST((epoch_us(instant) + 28800000000) // 86400000000 AS INTEGER)
       ELSE CAST(timezone('Asia/Shanghai', instant) AS DATE) END;

-- As wide as 64 bits the product would overflow at amounts that the column can hold; of 128 it costs ten times as much.
CREATE MACRO fen_of(amount) AS
  CASE WHEN amount BETWEEN -999999999999 AND 999999999999
       THEN CAST(CAST(amount AS DECIMAL(14, 2)) * CAST(100 AS DECIMAL(3, 0)) AS BIGINT)
       ELSE CAST(CAST(amount AS DECIMAL(20, 2)) * 100 AS BIGINT) END;

CREATE MACRO amount_of(fen) AS
  CASE WHEN fen BETWEEN -999999999999999 AND 999999999999999
       THEN CAST(CAST(fen AS DECIMAL(15, 0)) * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(18, 2))
       ELSE CAST(fen * 0.01 AS DECIMAL(18, 2)) END;

CREATE MACRO last_day() AS DATE '9999-12-31';

CREATE MACRO no_day() AS DATE '0001-01-01' - 1;

CREATE MACRO days_after(day, days) AS least(day + CAST(days AS INTEGER), last_day());

-- W1: the day before the same day of the next month; its last day where it has no such day.
CREATE MACRO month_end(day, reading) AS
  least(CAST(day + INTERVAL 1 MONTH AS DATE)
        - CASE WHEN reading = 'day_before' AND day(day + INTERVAL 1 MONTH) = day(day) THEN 1 ELSE 0 END, last_day());

-- W5: a repayment belongs to no visit that began after it; on the visit's day only a known time can show that.
CREATE MACRO began_before(day, started_at, started_beyond, paid_on, paid_at, paid_beyond) AS
  paid_on > day
  OR (paid_on = day AND (paid_at IS NULL OR paid_at > started_at
                         OR (paid_at = started_at AND paid_beyond >= started_beyond)));
