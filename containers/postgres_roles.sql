-- Run once by the image of PostgreSQL, when its volume is empty: who serves owns nothing (docs/operations.md, "Roles").
-- The passwords come from the secrets, so that they are in no file of this folder and in no list of processes.
\set ON_ERROR_STOP on
\set owner_password `cat "${SECRETS:-/run/secrets}/citas_owner_password"`
\set web_password `cat "${SECRETS:-/run/secrets}/citas_web_password"`

CREATE ROLE citas_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE citas_web LOGIN PASSWORD :'web_password';
CREATE DATABASE citas OWNER citas_owner;
REVOKE ALL ON DATABASE citas FROM PUBLIC;
GRANT CONNECT ON DATABASE citas TO citas_web;
\connect citas
CREATE EXTENSION IF NOT EXISTS btree_gist;
GRANT USAGE ON SCHEMA public TO citas_web;
ALTER DEFAULT PRIVILEGES FOR ROLE citas_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO citas_web;
ALTER DEFAULT PRIVILEGES FOR ROLE citas_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO citas_web;
