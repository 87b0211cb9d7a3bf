"""Certificate authorities and what they sign, made by the openssl command line: RSA and ECDSA, expired, revoked, with any subject."""

import os
import ssl
import subprocess
import tempfile

CONFIG = """[ca]
default_ca = own
[own]
dir = {name}.d
database = {name}.d/index
new_certs_dir = {name}.d
serial = {name}.d/serial
crlnumber = {name}.d/crlnumber
certificate = {name}.pem
private_key = {name}.key
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
unique_subject = no
[any]
commonName = optional
organizationName = optional
[client]
keyUsage = critical,digitalSignature
[server]
subjectAltName = DNS:localhost,IP:127.0.0.1
"""

KINDS = {"ec": ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), "rsa": ("rsa:2048",), "weak": ("rsa:1024",)}
LONG_AGO = ("-startdate", "20200101000000Z", "-enddate", "20210101000000Z")


class Pki:
    """A folder of them. Files are named NAME.pem and NAME.key."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = self.folder.name
        self.revoked = set()

    def file(self, name):
        return os.path.join(self.path, name)

    def pair(self, name):
        return self.file(f"{name}.pem"), self.file(f"{name}.key")

    def run(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"openssl {' '.join(arguments)}\n{done.stderr}"
        return done.stdout

    def ca(self, name, kind="ec"):
        os.mkdir(self.file(f"{name}.d"))
        for file, text in (("index", ""), ("serial", "1000\n"), ("crlnumber", "01\n")):
            with open(self.file(f"{name}.d/{file}"), "w", encoding="ascii") as stream:
                stream.write(text)
        with open(self.file(f"{name}.cnf"), "w", encoding="ascii") as stream:
            stream.write(CONFIG.format(name=name))
        self.run("req", "-x509", "-newkey", *KINDS[kind], "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "30",
                 "-subj", f"/O=Example CA/CN={name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, name, ca, subject, kind="ec", use="client", when=()):
        self.run("req", "-newkey", *KINDS[kind], "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
        self.sign(name, ca, use, when)

    def sign(self, name, ca, use="client", when=()):
        """The request NAME.csr."""
        self.run("ca", "-batch", "-config", f"{ca}.cnf", "-preserveDN", "-extensions", use, "-notext", *when, "-in", f"{name}.csr", "-out", f"{name}.pem")

    def revoke(self, ca, *names):
        """The list of |ca| with |names| in it, and those revoked before."""
        for name in set(names) - self.revoked:
            self.revoked.add(name)
            self.run("ca", "-config", f"{ca}.cnf", "-revoke", f"{name}.pem")
        self.run("ca", "-config", f"{ca}.cnf", "-gencrl", "-out", f"{ca}.crl")
        return self.file(f"{ca}.crl")

    def join(self, name, *parts):
        """One PEM file of several."""
        with open(self.file(f"{name}.pem"), "w", encoding="ascii") as whole:
            for part in parts:
                with open(self.file(part), encoding="ascii") as stream:
                    whole.write(stream.read())
        return self.file(f"{name}.pem")

    def client(self, name=None, trusts="ca", ciphers=None, newest=None):
        """What a station connects with. |ciphers|: of TLS 1.2, which is the newest it speaks then."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.file(f"{trusts}.pem"))
        if name:
            context.load_cert_chain(*self.pair(name))
        if ciphers:
            context.set_ciphers(ciphers)
        if ciphers or newest:
            context.maximum_version = newest or ssl.TLSVersion.TLSv1_2
        return context
