-- The rules that span rows; each names the later row.

INSERT INTO faults
SELECT placement_row, 'police_referrals', file_row, fault FROM police_referrals WHERE fault IS NOT NULL
UNION ALL SELECT placement_row, 'visits', visit_row, fault FROM visits WHERE fault IS NOT NULL
UNION ALL
-- one that names no visit of its placement stands against the placement all the same
SELECT placements.placement_row, 'contacts', file_row, contacts.fault
FROM contacts JOIN contacts_file ON file_row_number = file_row LEFT JOIN placements ON placements.id = placement
WHERE contacts.fault IS NOT NULL
UNION ALL
SELECT placements.placement_row, 'phones', file_row, phones.fault
FROM phones JOIN phones_file ON file_row_number = file_row LEFT JOIN placements ON placements.id = placement
WHERE phones.fault IS NOT NULL
UNION ALL SELECT placement_row, 'repayments', repayment_row, fault FROM repayments WHERE fault IS NOT NULL;

-- Ids are looked at by their hash first: that costs a fraction, and says no of nearly every table.
INSERT INTO faults
WITH suspects AS (SELECT hash(placement_row, id) AS mark FROM visits GROUP BY mark HAVING count(*) > 1)
SELECT placement_row, 'visits', visit_row, 'visit_again'
FROM visits WHERE hash(placement_row, id) IN (FROM suspects)
QUALIFY row_number() OVER (PARTITION BY placement_row, id ORDER BY visit_row) > 1;

INSERT INTO faults
WITH suspects AS (SELECT hash(visit_row, id) AS mark FROM phones GROUP BY mark HAVING count(*) > 1)
SELECT placement_row, 'phones', file_row, 'phone_again'
FROM phones WHERE hash(visit_row, id) IN (FROM suspects)
QUALIFY row_number() OVER (PARTITION BY visit_row, id ORDER BY file_row) > 1;

INSERT INTO faults
WITH suspects AS (SELECT hash(placement_row, id) AS mark FROM repayments GROUP BY mark HAVING count(*) > 1)
SELECT placement_row, 'repayments', repayment_row, 'repayment_again'
FROM repayments WHERE hash(placement_row, id) IN (FROM suspects)
QUALIFY row_number() OVER (PARTITION BY placement_row, id ORDER BY repayment_row) > 1;

CREATE TEMP TABLE reversals AS
SELECT reversal.repayment_row, reversal.placement_row, reversal.paid_on, reversal.paid_at, reversal.paid_beyond,
       reversal.id, reversal.fen,
       original.repayment_row AS original_row, original.fen AS original_fen,
       original.paid_on AS original_paid_on, original.paid_at AS original_paid_at,
       original.paid_beyond AS original_paid_beyond, original.reverses AS original_reverses
FROM (FROM repayments WHERE reverses IS NOT NULL) reversal
LEFT JOIN repayments original
  ON original.placement_row = reversal.placement_row AND original.id = reversal.reverses
     AND original.repayment_row <> reversal.repayment_row;

INSERT INTO faults
SELECT placement_row, 'repayments', repayment_row,
       CASE WHEN original_row IS NULL THEN 'original_unknown' ELSE 'reverses_reversal' END
FROM reversals WHERE original_row IS NULL OR original_reverses IS NOT NULL;

INSERT INTO faults
SELECT placement_row, 'repayments', repayment_row, 'reversed_too_much'
FROM reversals
QUALIFY original_fen + sum(fen) OVER (PARTITION BY original_row ORDER BY repayment_row) < 0;
