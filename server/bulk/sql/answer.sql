-- What a policy makes of each repayment, with its shares in lists: what comparisons read, in no order. Rows are named
-- by their numbers: the ids of half a million lines cost more to write than everything that is compared.
WITH seats AS (
  SELECT repayment_row, list(agent ORDER BY seat) AS agents, list(CAST(fen AS BIGINT) ORDER BY seat) AS shares
  FROM seat_shares GROUP BY repayment_row
)
SELECT repayment_row, placement_row, paid_on, fen, visit, clause, reason,
       paid_on - window_from AS days, agents, shares
FROM outcomes LEFT JOIN seats USING (repayment_row)
