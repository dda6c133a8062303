-- A2: equal shares of those present; what does not divide goes fen by fen in the order of the team, the lead first.
-- A5: a change of the net is shared as the net after it less the net before it.
CREATE TEMP VIEW seat_shares AS
WITH seats AS (
  SELECT visit_no, len(team) AS seats, unnest(team) AS agent, generate_subscripts(team, 1) AS seat FROM judged
)
SELECT placement_row, repayment_row, repayment, paid_on, paid_at, paid_beyond, seat, agent,
       fen_after // seats + CASE WHEN seat <= fen_after % seats THEN 1 ELSE 0 END
       - fen_before // seats - CASE WHEN seat <= fen_before % seats THEN 1 ELSE 0 END AS fen
FROM attributed JOIN seats USING (visit_no)
WHERE visit_no IS NOT NULL;
