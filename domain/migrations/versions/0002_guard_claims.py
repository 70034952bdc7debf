"""The database's last word on claims: no overlap that the exclusion constraint cannot see gets in.

The constraint on the table covers exclusive claims. These triggers refuse the rest: more seats than the service's
capacity at any instant, a shared claim beside an exclusive one, and two services at once on one resource. What counts
as taken is `released_at IS NULL` and nothing else; `expires_at` is a clock reading that the guards never look at.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUARDS = """
-- Serialises writers of one resource. NO KEY UPDATE: foreign-key checks of child rows pass.
CREATE FUNCTION claims_lock_resource() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM resources WHERE id = NEW.resource_id FOR NO KEY UPDATE;
  RETURN NEW;
END
$$;

-- Judges the claims named, against everything live. VOLATILE on purpose: under READ COMMITTED each
-- query in here takes a fresh snapshot, and that is what sees the rival who held the resource first.
CREATE FUNCTION claims_refuse_overlaps(ids bigint[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  hit record;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'claims can be written under READ COMMITTED only, not %',
        upper(current_setting('transaction_isolation'))
      USING ERRCODE = 'invalid_transaction_state', TABLE = 'claims',
            HINT = 'An older snapshot cannot see the claim that was committed while this one waited.';
  END IF;

  SELECT n.id, n.resource_id, n.footprint, a.id AS other_id, a.footprint AS other_footprint,
         a.service_id <> n.service_id AS foreign_service
    INTO hit
    FROM claims n
    JOIN claims a
      ON uuidrange(a.resource_id, a.resource_id, '[]') && uuidrange(n.resource_id, n.resource_id, '[]')
     AND a.footprint && n.footprint
     AND a.released_at IS NULL
     AND a.id <> n.id
   WHERE n.id = ANY (ids)
     AND n.released_at IS NULL
     AND (a.exclusive OR n.exclusive OR a.service_id <> n.service_id)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'resource % is taken: claim % over % meets claim % over %',
        hit.resource_id, hit.id, hit.footprint, hit.other_id, hit.other_footprint
      USING ERRCODE = 'exclusion_violation', TABLE = 'claims',
            CONSTRAINT = CASE WHEN hit.foreign_service THEN 'ex_claims_one_service'
                              ELSE 'ex_claims_shared_or_exclusive' END;
  END IF;

  -- Seats taken rise only where a claim begins, so these points are enough: the start of the claim
  -- itself and each start of another inside it. greatest() is both in one.
  SELECT n.id, n.resource_id, p.moment, t.taken, s.capacity
    INTO hit
    FROM claims n
    JOIN services s ON s.id = n.service_id
   CROSS JOIN LATERAL (
     SELECT DISTINCT greatest(lower(a.footprint), lower(n.footprint)) AS moment
       FROM claims a
      WHERE uuidrange(a.resource_id, a.resource_id, '[]') && uuidrange(n.resource_id, n.resource_id, '[]')
        AND a.footprint && n.footprint
        AND a.released_at IS NULL) p
   CROSS JOIN LATERAL (
     SELECT sum(b.seats) AS taken
       FROM claims b
      WHERE uuidrange(b.resource_id, b.resource_id, '[]') && uuidrange(n.resource_id, n.resource_id, '[]')
        AND b.footprint @> p.moment
        AND b.released_at IS NULL) t
   WHERE n.id = ANY (ids)
     AND n.released_at IS NULL
     AND t.taken > s.capacity
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'resource % is full: claim % brings % seats at % where % are offered',
        hit.resource_id, hit.id, hit.taken, hit.moment, hit.capacity
      USING ERRCODE = 'exclusion_violation', TABLE = 'claims', CONSTRAINT = 'ex_claims_capacity';
  END IF;
END
$$;

CREATE FUNCTION claims_judge_insert() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
BEGIN
  SELECT array_agg(id) INTO ids FROM added WHERE released_at IS NULL;
  IF ids IS NOT NULL THEN
    PERFORM claims_refuse_overlaps(ids);
  END IF;
  RETURN NULL;
END
$$;

-- Judges only claims that came to take more than before: one that a lowered capacity has left
-- over-full must still be payable, shrinkable and releasable.
CREATE FUNCTION claims_judge_update() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
BEGIN
  SELECT array_agg(n.id) INTO ids
    FROM after_change n
    LEFT JOIN before_change o ON o.id = n.id
   WHERE n.released_at IS NULL
     AND (o.id IS NULL
          OR o.released_at IS NOT NULL
          OR o.resource_id <> n.resource_id
          OR o.service_id <> n.service_id
          OR o.seats < n.seats
          OR (n.exclusive AND NOT o.exclusive)
          OR NOT o.footprint @> n.footprint);
  IF ids IS NOT NULL THEN
    PERFORM claims_refuse_overlaps(ids);
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER claims_lock_resource_on_insert
  BEFORE INSERT ON claims FOR EACH ROW
  WHEN (NEW.released_at IS NULL)
  EXECUTE FUNCTION claims_lock_resource();

-- Same condition as claims_judge_update. Ending a hold's clock (expires_at) or releasing takes no resource
-- lock: those run under the booking's lock alone, and resource after booking would be against the order.
CREATE TRIGGER claims_lock_resource_on_update
  BEFORE UPDATE ON claims FOR EACH ROW
  WHEN (NEW.released_at IS NULL
        AND (OLD.released_at IS NOT NULL
             OR OLD.id <> NEW.id
             OR OLD.resource_id <> NEW.resource_id
             OR OLD.service_id <> NEW.service_id
             OR OLD.seats < NEW.seats
             OR (NEW.exclusive AND NOT OLD.exclusive)
             OR NOT OLD.footprint @> NEW.footprint))
  EXECUTE FUNCTION claims_lock_resource();

CREATE TRIGGER claims_judge_insert
  AFTER INSERT ON claims REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION claims_judge_insert();

-- A trigger with transition tables takes no column list, so the function itself finds what changed.
CREATE TRIGGER claims_judge_update
  AFTER UPDATE ON claims REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
  FOR EACH STATEMENT EXECUTE FUNCTION claims_judge_update();
"""


def upgrade() -> None:
    op.execute(GUARDS)


def downgrade() -> None:
    for trigger in ("lock_resource_on_insert", "lock_resource_on_update", "judge_insert", "judge_update"):
        op.execute(f"DROP TRIGGER claims_{trigger} ON claims")
    for function in ("lock_resource()", "judge_insert()", "judge_update()", "refuse_overlaps(bigint[])"):
        op.execute(f"DROP FUNCTION claims_{function}")
