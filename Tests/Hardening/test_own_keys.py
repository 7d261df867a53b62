"""An owner who keeps the signing keys encrypted, as docs/decisions/0007-signing-keys-in-plain-files.md says."""

from server import Server

STORE = "/etc/credstore.encrypted"
PLACE = "/etc/systemd/system/runegate.service.d/own-keys.conf"
KEYS = ("jwt-secret", "session-key")


def credential(server: Server, key: str) -> str:
    """What the gateway was given."""
    return server.vps.run("cat", f"/run/credentials/runegate.service/{key}").stdout


def restart(server: Server) -> None:
    server.vps.run("systemctl", "daemon-reload")
    server.vps.run("systemctl", "restart", "runegate.service")


def test_keys_of_the_owners_are_on_the_disk_only_encrypted(server: Server) -> None:
    before = server.sign_in()
    provisioned = {key: credential(server, key) for key in KEYS}
    server.vps.run("mkdir", "-p", "-m", "0700", STORE)
    for key in KEYS:
        encrypt = f"systemd-creds encrypt --with-key=host --name={key} - {STORE}/runegate-{key}"
        server.vps.run("sh", "-c", f"openssl rand -hex 64 | {encrypt}")
    lines = [f"LoadCredentialEncrypted={key}:{STORE}/runegate-{key}\n" for key in KEYS]
    server.vps.write(PLACE, "".join(["[Service]\n", *lines]))
    try:
        restart(server)
        assert before.visit("/").status_code == 302, "what the former key signed counts no more"
        assert server.sign_in().session_cookie
        for key in KEYS:
            own = credential(server, key)
            assert own != provisioned[key] and len(own.strip()) == 128
            found = server.vps.run("grep", "-rlF", own.strip(), "/etc", "/var", check=False).stdout
            assert found == "", f"{key} is there in the clear"
        verified = server.vps.run("runegate", "provision", "vps", "--verify").stdout
        assert "Every file is as provisioned." in verified
    finally:
        server.vps.run("rm", PLACE)
        restart(server)
    assert credential(server, "session-key") == provisioned["session-key"]
