-- What a policy makes of each repayment, with its shares in lists: what comparisons read, in no order.
WITH seats AS (
  SELECT repayment_row, list(agent ORDER BY seat) AS agents, list(CAST(fen AS BIGINT) ORDER BY seat) AS shares
  FROM seat_shares GROUP BY repayment_row
)
SELECT repayment_row, placements.id AS placement, repayment, own_paid_on AS paid_on, outcomes.fen, visit, clause,
       reason, own_paid_on - window_from AS days, agents, shares
FROM outcomes JOIN placements USING (placement_row) LEFT JOIN seats USING (repayment_row)
