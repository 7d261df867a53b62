"""A mail server with STARTTLS and AUTH that lets nobody in but one.

mail_server.py CERTIFICATE KEY PORT USER PASSWORD
"""

import asyncio
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

certificate, key, port, user, password = sys.argv[1:]


class Handler:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        print("a mail came", flush=True)
        return "250 taken"


def knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    assert isinstance(given, LoginPassword)
    return AuthResult(success=(given.login, given.password) == (user.encode(), password.encode()), handled=False)


async def main() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def protocol() -> SMTP:
        return SMTP(Handler(), hostname="mail.test", tls_context=context, require_starttls=True, authenticator=knows)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", int(port))
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())
