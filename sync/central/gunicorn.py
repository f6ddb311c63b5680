"""Gunicorn's settings (`--config python:sync.central.gunicorn`).

Threads keep a slow phone from holding a worker. Gunicorn's own access log stays off:
`sync.central.middleware.access_log` writes one that tells no key.
"""

from sync.central import logs

preload_app = True  # once, before it forks: workers share what they would each read and hold
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 10
keepalive = 5
umask = 0o077
worker_tmp_dir = "/dev/shm"  # noqa: S108 memory: a slow disk must not look like a hung worker
accesslog = None
logconfig_dict = logs.settings()
