-- The largest lines that another policy credits otherwise.
SELECT placement, repayment, paid_on, fen, visit_before, clause_before, reason_before, agents_before,
       visit_after, clause_after, reason_after, agents_after
FROM told WHERE moved ORDER BY abs(fen) DESC, placement, repayment LIMIT ?
