-- A2: equal shares of those present; what does not divide goes fen by fen in the order of the team, the lead first.
-- A5: a change of the net is shared as the net after it less the net before it.
WITH seats AS (
  SELECT visit_no, len(team) AS seats, unnest(team) AS agent, generate_subscripts(team, 1) AS seat FROM judged
),
changes AS (
  SELECT repayments.*, coalesce(reversed.before, 0) AS before, coalesce(reversed.after, fen) AS after,
         coalesce(reversed.original_row, repayment_row) AS original_row
  FROM repayments LEFT JOIN reversed USING (repayment_row)
)
SELECT placements.id AS placement, changes.id AS repayment, CAST(seat AS INTEGER) AS position, agent,
       CAST((after // seats + CASE WHEN seat <= after % seats THEN 1 ELSE 0 END
             - before // seats - CASE WHEN seat <= before % seats THEN 1 ELSE 0 END) * 0.01
            AS DECIMAL(18, 2)) AS amount
FROM changes
JOIN (FROM attributed WHERE visit_no IS NOT NULL) credited USING (original_row)
JOIN seats USING (visit_no)
JOIN placements USING (placement_row)
ORDER BY placement_row, paid_on, paid_at NULLS FIRST, paid_beyond, changes.id, seat
