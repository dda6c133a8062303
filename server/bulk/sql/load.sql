-- Reads the files once into narrow tables with whole numbers for keys, and notes each row's first fault.
-- The views named *_file are made from tables.py: the columns, `file_row_number`, and `fault`.

CREATE TEMP TABLE faults (placement_row BIGINT, table_name VARCHAR, file_row BIGINT, fault VARCHAR);

CREATE TEMP TABLE placements AS
SELECT file_row_number AS placement_row, id, fen_of(placed_amount) AS placed_fen,
       greatest(recall_on, coalesce(retained_until, recall_on)) AS placement_end,  -- W4: retention included
       promising_from, fault
FROM placements_file;

INSERT INTO faults
SELECT min(placement_row) OVER (PARTITION BY id), 'placements', placement_row, 'placement_again'
FROM placements WHERE id IN (SELECT id FROM placements GROUP BY id HAVING count(*) > 1)
QUALIFY placement_row > min(placement_row) OVER (PARTITION BY id);

INSERT INTO faults
SELECT placement_row, 'placements', placement_row, fault FROM placements WHERE fault IS NOT NULL;

DELETE FROM placements
WHERE placement_row IN (SELECT file_row FROM faults WHERE fault = 'placement_again');

CREATE TEMP TABLE police_referrals AS
SELECT referral.file_row_number AS file_row, placement_row, referred_on, early_explained,
       coalesce(referral.fault, CASE WHEN placement_row IS NULL THEN 'placement_unknown' END) AS fault
FROM police_referrals_file referral LEFT JOIN placements ON placements.id = referral.placement;

CREATE TEMP TABLE visits AS
SELECT visit.file_row_number AS visit_row, placement_row,
       visit.* EXCLUDE (file_row_number, started_at_beyond, fault),
       coalesce(started_at_beyond, '') AS started_beyond,
       local_day(started_at) AS day,
       CASE WHEN present = agents THEN agents
            ELSE list_filter(agents, lambda agent: list_contains(present, agent)) END AS team,  -- A2: in the team's order
       coalesce(visit.fault,
         CASE WHEN placement_row IS NULL THEN 'placement_unknown'
              WHEN CASE WHEN present <> agents THEN NOT list_has_all(agents, present) END
                THEN 'not_an_agent' END) AS fault
FROM visits_file visit LEFT JOIN placements ON placements.id = visit.placement;

CREATE TEMP TABLE contacts AS
SELECT contact.file_row_number AS file_row, visit_row, placement_row, who, channel, communicated, will_relay, can_relay,
       relayed_on, coalesce(contact.fault, CASE WHEN visit_row IS NULL THEN 'visit_unknown' END) AS fault
FROM contacts_file contact
LEFT JOIN visits ON visits.placement = contact.placement AND visits.id = contact.visit;

CREATE TEMP TABLE phones AS
SELECT phone.file_row_number AS file_row, visit_row, placement_row, phone.id, owner, reachable, called, messaged,
       coalesce(phone.fault, CASE WHEN visit_row IS NULL THEN 'visit_unknown' END) AS fault
FROM phones_file phone
LEFT JOIN visits ON visits.placement = phone.placement AND visits.id = phone.visit;

CREATE TEMP TABLE repayments AS
SELECT repayment.file_row_number AS repayment_row, placement_row, repayment.id, paid_on, paid_at,
       coalesce(paid_at_beyond, '') AS paid_beyond, fen_of(amount) AS fen, reverses,
       coalesce(repayment.fault,
         CASE WHEN placement_row IS NULL THEN 'placement_unknown'
              WHEN paid_at IS NOT NULL AND local_day(paid_at) <> paid_on THEN 'other_day'
              WHEN paid_at IS NULL AND paid_at_beyond IS NOT NULL THEN 'beyond_nothing'
              WHEN reverses IS NULL AND amount <= 0 THEN 'not_above_zero'
              WHEN reverses IS NOT NULL AND amount >= 0 THEN 'reversal_above_zero' END) AS fault
FROM repayments_file repayment LEFT JOIN placements ON placements.id = repayment.placement;
