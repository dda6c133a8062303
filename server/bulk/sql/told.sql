-- Each repayment of the days and cases that were asked for, as both policies have it.
CREATE TEMP TABLE told AS
SELECT before.repayment_row, before.placement, before.repayment, before.paid_on, before.fen, client,
       before.visit AS visit_before, before.clause AS clause_before, before.reason AS reason_before,
       before.days AS days_before, before.agents AS agents_before, before.shares AS shares_before,
       after.visit AS visit_after, after.clause AS clause_after, after.reason AS reason_after,
       after.days AS days_after, after.agents AS agents_after, after.shares AS shares_after,
       before.visit IS DISTINCT FROM after.visit OR before.clause IS DISTINCT FROM after.clause AS moved
FROM answer_before before
JOIN answer_after after USING (repayment_row)
JOIN cases ON cases.placement = before.placement
WHERE before.paid_on BETWEEN $first AND $last
  AND ($branch IS NULL OR branch = $branch)
  AND ($project IS NULL OR project = $project);
