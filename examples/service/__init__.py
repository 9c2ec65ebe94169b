"""An example of a service that makes videos: FastAPI, DBOS and PostgreSQL; see README.md."""
