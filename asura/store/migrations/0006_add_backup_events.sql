-- Who wants to know when asura cannot see wants to know when its backups fail, and when they work again.
UPDATE channels SET config = CAST(json_set(CAST(config AS TEXT), '$.events[#]', 'backup.failed', '$.events[#]', 'backup.succeeded') AS BLOB)
WHERE EXISTS (SELECT 1 FROM json_each(CAST(channels.config AS TEXT), '$.events') WHERE value = 'self.blind')
AND NOT EXISTS (SELECT 1 FROM json_each(CAST(channels.config AS TEXT), '$.events') WHERE value = 'backup.failed');
