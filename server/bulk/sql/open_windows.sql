-- The days that each visit covers (section 5), W3 with the repayments of its own month.

CREATE TEMP TABLE windows AS
WITH limits AS (
  SELECT *,
         -- W4 and W6: no window reaches past the placement's end or the cut
         CASE WHEN window_stops_at_placement_end THEN least(placement_end, police_cut) ELSE police_cut END AS limit_day,
         least(own_month_end, limit_day) AS month_last,
         least(own_letter_end, limit_day) AS letter_last,
         NOT by_letter OR letter_opens_month AS may_have_month,
         half_base = 'outstanding_at_visit' AS asks_what_came_before
  FROM judged WHERE counts
),
-- A5: a reversal goes where its original goes, and lowers it
taken_back AS (SELECT original_row AS repayment_row, sum(fen) AS fen FROM reversals GROUP BY original_row),
originals AS (
  SELECT repayment_row, placement_row, paid_on, paid_at, paid_beyond,
         CAST(repayments.fen + coalesce(taken_back.fen, 0) AS BIGINT) AS net
  FROM repayments LEFT JOIN taken_back USING (repayment_row)
  WHERE reverses IS NULL
),
came_in AS (
  SELECT visit_no,
         sum(CASE WHEN paid_on <= month_last AND reached THEN net END) AS covered,
         sum(CASE WHEN paid_on < day THEN net END) AS paid_before,
         bool_or(net > 0 AND paid_on <= letter_last AND reached) AS letter_covers
  FROM (
    SELECT visit_no, paid_on, month_last, letter_last, day, net,
           began_before(day, started_at, started_beyond, paid_on, paid_at, paid_beyond)
           AND (restored_on IS NULL OR paid_on < restored_on) AS reached
    FROM originals JOIN limits USING (placement_row)
    WHERE may_have_month
      AND paid_on <= greatest(month_last, letter_last)
      AND (paid_on >= day OR asks_what_came_before)
  )
  GROUP BY visit_no
),
halves AS (
  SELECT limits.*,
         NOT by_letter OR (letter_opens_month AND coalesce(letter_covers, false)) AS has_month,
         placed_fen - CASE WHEN asks_what_came_before THEN coalesce(paid_before, 0) ELSE 0 END AS base,
         -- W3: half of the base came back within the visit's own month
         has_month AND (base <= 0 OR coalesce(covered, 0) * half_denominator >= base * half_numerator) AS extended
  FROM limits LEFT JOIN came_in USING (visit_no)
)
SELECT visit_no, extended,
       CASE WHEN NOT has_month THEN letter_last
            WHEN NOT extended THEN month_last
            WHEN window_stops_at_placement_end THEN least(placement_end, police_cut)
            ELSE least(greatest(own_month_end, placement_end), police_cut) END AS last
FROM halves;
