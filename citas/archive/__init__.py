"""The archive: everything that a clinic's database holds, in one file that names no engine.

It is a zip of one text a model, a JSON record a line (`accounts.user.ndjson`), and `manifest.json`: format version,
counts, SHA-256 and the rules of each model. The zip's comment is the SHA-256 of all bytes before it. The same data give
the same bytes: models in the order of their references, records in the order of their keys, no clock and no host.

`unzip -p clinic.zip patients.patient.ndjson` shows one; values are as citas.db.plain has them.
"""
