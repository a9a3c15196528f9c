-- That a source took the access to a unit away and what was held of it went, for the patient to be
-- told: when and why, as JSON. Gone once they were told, or the source gives the unit again.
ALTER TABLE unit_state ADD COLUMN purged TEXT;
