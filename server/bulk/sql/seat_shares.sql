-- A2: equal shares of those present; what does not divide goes fen by fen in the order of the team, the lead first.
-- A5: a change of the net is shared as the net after it less the net before it.
CREATE TEMP VIEW seat_shares AS
WITH seats AS (
  SELECT visit_no, len(team) AS seats, unnest(team) AS agent, generate_subscripts(team, 1) AS seat FROM judged
),
changes AS (
  SELECT repayments.*, coalesce(reversed.before, 0) AS before, coalesce(reversed.after, fen) AS after,
         coalesce(reversed.original_row, repayment_row) AS original_row
  FROM repayments LEFT JOIN reversed USING (repayment_row)
)
SELECT changes.placement_row, repayment_row, changes.id AS repayment, paid_on, paid_at, paid_beyond, seat, agent,
       after // seats + CASE WHEN seat <= after % seats THEN 1 ELSE 0 END
       - before // seats - CASE WHEN seat <= before % seats THEN 1 ELSE 0 END AS fen
FROM changes
JOIN (FROM attributed WHERE visit_no IS NOT NULL) credited USING (original_row)
JOIN seats USING (visit_no);
