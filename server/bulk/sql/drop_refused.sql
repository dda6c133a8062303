-- A placement with a fault anywhere is not scored at all; the others are.

CREATE TEMP TABLE refused AS SELECT DISTINCT placement_row FROM faults WHERE placement_row IS NOT NULL;
DELETE FROM placements WHERE placement_row IN (FROM refused);
DELETE FROM police_referrals WHERE placement_row IS NULL OR placement_row IN (FROM refused);
DELETE FROM visits WHERE placement_row IS NULL OR placement_row IN (FROM refused);
DELETE FROM contacts WHERE placement_row IS NULL OR placement_row IN (FROM refused);
DELETE FROM phones WHERE placement_row IS NULL OR placement_row IN (FROM refused);
DELETE FROM repayments WHERE placement_row IS NULL OR placement_row IN (FROM refused);
DELETE FROM reversals WHERE placement_row IS NULL OR placement_row IN (FROM refused);
