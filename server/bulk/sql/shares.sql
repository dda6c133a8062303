-- The shares of the lines, in the order of the lines, then of the team.
SELECT placements.id AS placement, repayment, CAST(seat AS INTEGER) AS position, agent,
       amount_of(fen) AS amount
FROM seat_shares JOIN placements USING (placement_row)
ORDER BY placement_row, paid_on, paid_at NULLS FIRST, paid_beyond, repayment, seat
