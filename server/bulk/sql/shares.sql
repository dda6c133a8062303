-- A2: equal shares of those present; what does not divide goes fen by fen in the order of the team, the lead first.
-- A5: a change of the net is shared as the net after it less the net before it.
WITH seats AS (
  SELECT visit_no, len(team) AS seats, unnest(team) AS agent, generate_subscripts(team, 1) AS seat FROM judged
)
SELECT placements.id AS placement, repayments.id AS repayment, CAST(seat AS INTEGER) AS position, agent,
       CAST((after // seats + CASE WHEN seat <= after % seats THEN 1 ELSE 0 END
             - before // seats - CASE WHEN seat <= before % seats THEN 1 ELSE 0 END) * 0.01
            AS DECIMAL(18, 2)) AS amount
FROM changes
JOIN outcomes ON outcomes.repayment_row = original_row
JOIN seats USING (visit_no)
JOIN repayments ON repayments.repayment_row = changes.repayment_row
JOIN placements USING (placement_row)
