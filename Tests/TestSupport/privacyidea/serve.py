# serve.py FOLDER: a privacyIDEA that knows nobody but an administrator, on a free port of 127.0.0.1, which it prints.
# All that it keeps is in FOLDER. The administrator's password comes from standard input.
import os
import secrets
import sys
import threading

from privacyidea.app import create_app
from privacyidea.lib.auth import create_db_admin
from privacyidea.models import db
from werkzeug.serving import make_server

folder = sys.argv[1]
settings = {
    "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/database",
    "SECRET_KEY": secrets.token_hex(24),
    "PI_PEPPER": secrets.token_hex(24),
    "PI_ENCFILE": f"{folder}/key",
    "PI_AUDIT_MODULE": "privacyidea.lib.auditmodules.sqlaudit",
    "PI_AUDIT_NO_SIGN": True,
    "PI_AUDIT_SQL_TRUNCATE": True,
    "PI_LOGFILE": f"{folder}/log",
    "PI_UUID_FILE": f"{folder}/uuid",
}
with open(f"{folder}/settings", "w") as file:
    file.writelines(f"{name} = {value!r}\n" for name, value in settings.items())
with open(settings["PI_ENCFILE"], "wb") as file:
    file.write(os.urandom(96))

app = create_app(config_name="production", config_file=f"{folder}/settings", silent=True)
with app.app_context():
    db.create_all()
    create_db_admin("admin", password=sys.stdin.readline().strip())

# Two that write at once would find SQLite's database locked.
turn = threading.Lock()


def one_at_a_time(environ, start_response):
    with turn:
        response = app(environ, start_response)
        try:
            return list(response)
        finally:
            response.close()


server = make_server("127.0.0.1", 0, one_at_a_time, threaded=True)
print(f"port {server.port}", flush=True)
server.serve_forever()
