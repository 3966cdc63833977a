"""A real PostgreSQL server in a folder: a Unix socket, no network; it can be restarted in the middle of something."""
import glob
import os
import pathlib
import pwd
import signal
import subprocess
import time


def programs():
    """The folder of the newest server; Debian keeps it out of PATH. "" where there is none."""
    return max((str(pathlib.Path(found).parent) for found in glob.glob("/usr/lib/postgresql/*/bin/postgres")), default="")


class Postgres:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.socket = self.folder / ".s.PGSQL.5432"
        self.store = f"postgres:host={self.folder} user=pmubench dbname=postgres"
        self.server = None

    def start(self):
        self.folder.mkdir()
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            for parent in self.folder.parents:
                if str(parent).startswith("/tmp/"):
                    parent.chmod(0o755)
        self.spawn("initdb", "-D", self.folder / "data", "-U", "pmubench", "-A", "trust", "-E", "UTF8", "--locale=C",
                   "--no-sync", "--no-instructions").wait(120)
        self.begin()

    def begin(self):
        self.server = self.spawn("postgres", "-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses=",
                                 "-c", "max_connections=20")
        begin = time.monotonic()
        while time.monotonic() - begin < 60:
            ready = subprocess.run([f"{programs()}/pg_isready", "-h", self.folder, "-q"], check=False).returncode
            if ready == 0:
                return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text()[-2000:])

    def stop(self):
        """At once: connections are cut."""
        if self.server is not None:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(60)
            self.server = None

    def spawn(self, program, *arguments):
        def become():
            if os.geteuid() == 0:
                user = pwd.getpwnam("postgres")
                os.initgroups(user.pw_name, user.pw_gid)
                os.setgid(user.pw_gid)
                os.setuid(user.pw_uid)
        with open(self.folder / "log", "ab") as log:
            return subprocess.Popen([f"{programs()}/{program}", *map(str, arguments)], stdout=log, stderr=log,
                                    stdin=subprocess.DEVNULL, cwd="/", preexec_fn=become)

    def query(self, sql):
        done = subprocess.run([f"{programs()}/psql", "-h", self.folder, "-U", "pmubench", "-d", "postgres", "-At", "-c", sql],
                              text=True, capture_output=True, check=True, timeout=60)
        return done.stdout.strip()
