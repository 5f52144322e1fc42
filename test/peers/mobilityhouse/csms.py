"""A CSMS made of The Mobility House's package `ocpp`, for a foreign station: it checks every message against the schemas,
asks all that Plug & Charge has, and says what it was told.

    csms.py 1.6|2.0.1 --pki DIR --house URL

DIR has v2gRoot, cpoSub1 and cpoSub2 as NAME.pem and NAME.key. Contracts are fetched from the clearing house at URL, by the
interface of OPCP, as client `peer` with the secret `peer-secret`. The password of station cp001 is in the environment as
STATION_PASSWORD.

Output: `READY port`; `PLUG IN` when only a car is missing; then a line `PASS|FAIL message reason` for each message of the list.
"""

import argparse
import asyncio
import base64
import json
import os
import sys
import urllib.request
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from pathlib import Path

import websockets
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID
from ocpp.routing import after, on
from ocpp.v16 import ChargePoint as ChargePoint16
from ocpp.v16 import call as call16
from ocpp.v16 import call_result as result16
from ocpp.v201 import ChargePoint as ChargePoint201
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201

VENDOR = "org.openchargealliance.iso15118pnc"
IDENTITY = "cp001"
PATIENCE_S = 60

MESSAGES = (
    "password",
    "BootNotification",
    "GetInstalledCertificateIds",
    "InstallCertificate",
    "DeleteCertificate",
    "TriggerMessage",
    "SignCertificate",
    "CertificateSigned",
    "GetCertificateStatus",
    "Get15118EVCertificate",
    "Authorize",
    "transaction",
)


def now() -> str:
    return datetime.now(timezone.utc).isoformat()


class Findings:
    """What is known of each message: nothing yet, good, or why not."""

    def __init__(self) -> None:
        self.reasons: dict[str, str | None] = {}
        self._changed = asyncio.Event()

    def good(self, message: str) -> None:
        self.reasons.setdefault(message, None)
        self._changed.set()

    def bad(self, message: str, reason: str) -> None:
        self.reasons[message] = reason
        self._changed.set()

    def check(self, message: str, holds: bool, reason: str) -> None:
        if holds:
            self.good(message)
        else:
            self.bad(message, reason)

    async def wait_for(self, *messages: str) -> None:
        while any(message not in self.reasons for message in messages):
            self._changed.clear()
            await self._changed.wait()

    def report(self) -> bool:
        for message in MESSAGES:
            reason = self.reasons.get(message, "did not happen")
            print(f"PASS {message}" if reason is None else f"FAIL {message}: {reason}", flush=True)
        return all(self.reasons.get(message, "") is None for message in MESSAGES)


class Authority:
    """The CPO's CAs: they sign what the station asks for, and vouch for what they have signed."""

    def __init__(self, folder: Path) -> None:
        self._members = []
        for name in ("v2gRoot", "cpoSub1", "cpoSub2"):
            certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
            key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
            self._members.append((certificate, key))

    def sign(self, pem: str) -> str:
        request = x509.load_pem_x509_csr(pem.encode())
        if not request.is_signature_valid:
            raise ValueError("the CSR is not signed by its key")
        issuer, key = self._members[-1]
        names = [part for part in request.subject if part.oid != NameOID.DOMAIN_COMPONENT]
        subject = x509.Name([*names, x509.NameAttribute(NameOID.DOMAIN_COMPONENT, "CPO")])
        usage = x509.KeyUsage(True, False, False, False, True, False, False, False, False)
        begin = datetime.now(timezone.utc) - timedelta(hours=1)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject)
            .public_key(request.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=60))
            .add_extension(x509.BasicConstraints(False, None), True)
            .add_extension(usage, True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(request.public_key()), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityInformationAccess(
                    [x509.AccessDescription(x509.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://ocsp.invalid/"))]
                ),
                False,
            )
            .sign(key, hashes.SHA256())
        )
        chain = [made, *(certificate for certificate, _ in reversed(self._members[1:]))]
        return "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in chain)

    def status(self, hash_data: dict) -> str:
        """An OCSP response that calls the certificate good, in base64 of its DER; signed by its issuer."""
        for certificate, key in self._members:
            if _key_hash(certificate) == hash_data["issuer_key_hash"].lower():
                begin = datetime.now(timezone.utc) - timedelta(minutes=1)
                response = (
                    ocsp.OCSPResponseBuilder()
                    .add_response_by_hash(
                        issuer_name_hash=bytes.fromhex(hash_data["issuer_name_hash"]),
                        issuer_key_hash=bytes.fromhex(hash_data["issuer_key_hash"]),
                        serial_number=int(hash_data["serial_number"], 16),
                        algorithm=hashes.SHA256(),
                        cert_status=ocsp.OCSPCertStatus.GOOD,
                        this_update=begin,
                        next_update=begin + timedelta(days=7),
                        revocation_time=None,
                        revocation_reason=None,
                    )
                    .responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)
                    .sign(key, hashes.SHA256())
                )
                return base64.b64encode(response.public_bytes(serialization.Encoding.DER)).decode()
        raise KeyError("nobody here has issued it")


def _key_hash(certificate: x509.Certificate) -> str:
    bits = certificate.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    digest = hashes.Hash(hashes.SHA256())
    digest.update(bits)
    return digest.finalize().hex()


def stray_root() -> str:
    """A root that no station has."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Peer MO Root"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "peer")])
    begin = datetime.now(timezone.utc) - timedelta(hours=1)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(True, None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


class House:
    """The clearing house, by OPCP."""

    def __init__(self, url: str) -> None:
        self._url = url

    def contract(self, schema: str, exi: str) -> str:
        login = {"grant_type": "client_credentials", "client_id": "peer", "client_secret": "peer-secret"}
        token = self._post("/oauth/token", login, {})["access_token"]
        wish = {"certificateInstallationReq": exi, "xsdMsgDefNamespace": schema}
        answer = self._post("/v1/ccp/signedContractData", wish, {"Authorization": f"Bearer {token}"})
        return answer["CCPResponse"]["emaidContent"][0]["messageDef"]["certificateInstallationRes"]

    def _post(self, path: str, body: dict, headers: dict) -> dict:
        content = json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, content, {"Content-Type": "application/json", **headers})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


class Csms:
    """What both versions share: the answers, and the order in which the station is asked."""

    def __init__(self, folder: Path, house: str) -> None:
        self.authority = Authority(folder)
        self.house = House(house)
        self.findings = Findings()
        self.booted = asyncio.Event()
        self.over = asyncio.Event()
        self.energy = 0.0

    def boot(self) -> None:
        self.findings.good("BootNotification")
        self.booted.set()

    def authorize(self, token: dict, request: dict) -> dict:
        proof = request.get("certificate") or request.get("iso15118_certificate_hash_data")
        is_contract = token.get("type") == "eMAID" and bool(proof)
        self.findings.check("Authorize", is_contract, f"no contract with its certificate, but {token}")
        return {"status": "Accepted" if is_contract else "Invalid"}

    def certificate_status(self, hash_data: dict) -> str | None:
        try:
            response = self.authority.status(hash_data)
        except (KeyError, ValueError) as error:
            self.findings.bad("GetCertificateStatus", repr(error))
            return None
        self.findings.good("GetCertificateStatus")
        return response

    async def contract(self, schema: str, exi: str) -> str:
        try:
            answer = await asyncio.to_thread(self.house.contract, schema, exi)
        except Exception as error:  # whatever it is, it belongs into the report
            self.findings.bad("Get15118EVCertificate", repr(error))
            return ""
        self.findings.good("Get15118EVCertificate")
        return answer

    def sign(self, csr: str) -> str | None:
        try:
            chain = self.authority.sign(csr)
        except ValueError as error:
            self.findings.bad("SignCertificate", str(error))
            return None
        self.findings.good("SignCertificate")
        return chain

    def ended(self, problem: str | None) -> None:
        if problem is None:
            self.findings.good("transaction")
        else:
            self.findings.bad("transaction", problem)
        self.over.set()

    async def ask(self, station) -> None:
        """All that a CSMS asks in Plug & Charge. `station` has `pnc(message, payload)` that gives the payload of the answer."""
        check = self.findings.check
        await self.booted.wait()
        await station.prepare()
        before = await station.pnc("GetInstalledCertificateIds", {"certificateType": ["MORootCertificate"]})
        root = {"certificateType": "MORootCertificate", "certificate": stray_root()}
        installed = await station.pnc("InstallCertificate", root)
        check("InstallCertificate", installed["status"] == "Accepted", str(installed))
        after_ = await station.pnc("GetInstalledCertificateIds", {"certificateType": ["MORootCertificate"]})
        known, found = hashes_of(before), hashes_of(after_)
        new = [one for one in found if one not in known]
        check("GetInstalledCertificateIds", len(known) > 0 and len(new) == 1, f"{len(known)} and then {len(found)} roots")
        if new:
            wish = {"certificateHashData": json.loads(new[0])}
            first = await station.pnc("DeleteCertificate", wish)
            again = await station.pnc("DeleteCertificate", wish)
            statuses = [first["status"], again["status"]]
            check("DeleteCertificate", statuses == ["Accepted", "NotFound"], str(statuses))
        triggered = await station.pnc("TriggerMessage", {"requestedMessage": "SignV2GCertificate"})
        check("TriggerMessage", triggered["status"] == "Accepted", str(triggered))
        await self.findings.wait_for("SignCertificate", "CertificateSigned", "GetCertificateStatus")
        print("PLUG IN", flush=True)

    async def deliver(self, station, chain: str) -> None:
        request = {"certificateChain": chain, "certificateType": "V2GCertificate"}
        answer = await station.pnc("CertificateSigned", request)
        self.findings.check("CertificateSigned", answer["status"] == "Accepted", str(answer))


def hashes_of(answer: dict) -> list[str]:
    chains = answer.get("certificateHashDataChain", [])
    return [json.dumps(chain["certificateHashData"], sort_keys=True) for chain in chains]


def camel(value):
    """The library's snake_case back into the names of the wire."""
    from ocpp.charge_point import snake_to_camel_case

    return snake_to_camel_case(value)


class Station201(ChargePoint201):
    def __init__(self, identity, connection, csms: Csms) -> None:
        super().__init__(identity, connection)
        self.csms = csms
        self.events: list[tuple[str, int]] = []

    async def prepare(self) -> None:
        values = {
            "V2GCertificateInstallationEnabled": "true",
            "ContractCertificateInstallationEnabled": "true",
            "SeccId": "SECCCert",
            "CountryName": "DE",
            "OrganizationName": "peer",
        }
        data = [
            {"component": {"name": "ISO15118Ctrlr"}, "variable": {"name": name}, "attributeValue": value}
            for name, value in values.items()
        ]
        await self.call(call201.SetVariables(set_variable_data=data), suppress=False)

    async def pnc(self, message: str, payload: dict) -> dict:
        from ocpp.charge_point import camel_to_snake_case

        request = getattr(call201, message)(**camel_to_snake_case(payload))
        answer = await self.call(request, suppress=False)
        return camel({key: value for key, value in vars(answer).items() if value is not None})

    @on("BootNotification")
    def on_boot(self, **_):
        return result201.BootNotification(current_time=now(), interval=300, status="Accepted")

    @after("BootNotification")
    def after_boot(self, **_):
        self.csms.boot()

    @on("Heartbeat")
    def on_heartbeat(self, **_):
        return result201.Heartbeat(current_time=now())

    @on("StatusNotification")
    def on_status(self, **_):
        return result201.StatusNotification()

    @on("SecurityEventNotification")
    def on_security_event(self, **_):
        return result201.SecurityEventNotification()

    @on("NotifyEvent")
    def on_event(self, **_):
        return result201.NotifyEvent()

    @on("MeterValues")
    def on_meter_values(self, **_):
        return result201.MeterValues()

    @on("Authorize")
    def on_authorize(self, id_token, **request):
        info = self.csms.authorize(id_token, request)
        return result201.Authorize(id_token_info=info, certificate_status=info["status"] if info["status"] == "Accepted" else "CertChainError")

    @on("SignCertificate")
    def on_sign(self, csr, **_):
        self.chain = self.csms.sign(csr)
        return result201.SignCertificate(status="Rejected" if self.chain is None else "Accepted")

    @after("SignCertificate")
    async def after_sign(self, **_):
        if self.chain is not None:
            await self.csms.deliver(self, self.chain)

    @on("GetCertificateStatus")
    def on_certificate_status(self, ocsp_request_data, **_):
        result = self.csms.certificate_status(ocsp_request_data)
        return result201.GetCertificateStatus(status="Failed" if result is None else "Accepted", ocsp_result=result)

    @on("Get15118EVCertificate")
    async def on_contract(self, exi_request, **request):
        schema = next(value for key, value in request.items() if key.endswith("schema_version"))
        answer = await self.csms.contract(schema, exi_request)
        return result201.Get15118EVCertificate(status="Accepted" if answer else "Failed", exi_response=answer)

    @on("TransactionEvent")
    def on_transaction(self, event_type, seq_no, **event):
        self.events.append((event_type, seq_no))
        token = event.get("id_token")
        return result201.TransactionEvent(id_token_info={"status": "Accepted"} if token else None)

    @after("TransactionEvent")
    def after_transaction(self, event_type, **_):
        if event_type == "Ended":
            numbers = [number for _, number in self.events]
            whole = self.events[0][0] == "Started" and numbers == list(range(len(numbers)))
            self.csms.ended(None if whole else f"events {self.events}")


class Station16(ChargePoint16):
    def __init__(self, identity, connection, csms: Csms) -> None:
        super().__init__(identity, connection)
        self.csms = csms
        self.chain: str | None = None
        self.meter_start: int | None = None

    async def prepare(self) -> None:
        pass

    async def pnc(self, message: str, payload: dict) -> dict:
        request = call16.DataTransfer(vendor_id=VENDOR, message_id=message, data=json.dumps(payload))
        answer = await self.call(request, suppress=False)
        if answer.status != "Accepted":
            return {"status": f"outer {answer.status}"}
        return json.loads(answer.data)

    @on("BootNotification")
    def on_boot(self, **_):
        return result16.BootNotification(current_time=now(), interval=300, status="Accepted")

    @after("BootNotification")
    def after_boot(self, **_):
        self.csms.boot()

    @on("Heartbeat")
    def on_heartbeat(self, **_):
        return result16.Heartbeat(current_time=now())

    @on("StatusNotification")
    def on_status(self, **_):
        return result16.StatusNotification()

    @on("SecurityEventNotification")
    def on_security_event(self, **_):
        return result16.SecurityEventNotification()

    @on("MeterValues")
    def on_meter_values(self, **_):
        return result16.MeterValues()

    @on("DataTransfer")
    async def on_transfer(self, vendor_id, message_id=None, data="", **_):
        answers = {
            "Authorize": self._authorize,
            "SignCertificate": self._sign,
            "GetCertificateStatus": self._certificate_status,
            "Get15118EVCertificate": self._contract,
        }
        if vendor_id != VENDOR or message_id not in answers:
            return result16.DataTransfer(status="UnknownMessageId")
        answer = await answers[message_id](json.loads(data))
        return result16.DataTransfer(status="Accepted", data=json.dumps(answer))

    @after("DataTransfer")
    async def after_transfer(self, message_id=None, **_):
        if message_id == "SignCertificate" and self.chain is not None:
            await self.csms.deliver(self, self.chain)

    async def _authorize(self, request: dict) -> dict:
        proof = {
            "certificate": request.get("certificate"),
            "iso15118_certificate_hash_data": request.get("iso15118CertificateHashData"),
        }
        info = self.csms.authorize(request["idToken"], proof)
        return {"idTokenInfo": info, "certificateStatus": "Accepted" if info["status"] == "Accepted" else "CertChainError"}

    async def _sign(self, request: dict) -> dict:
        self.chain = self.csms.sign(request["csr"])
        return {"status": "Rejected" if self.chain is None else "Accepted"}

    async def _certificate_status(self, request: dict) -> dict:
        given = request["ocspRequestData"]
        names = {"issuerNameHash": "issuer_name_hash", "issuerKeyHash": "issuer_key_hash", "serialNumber": "serial_number"}
        result = self.csms.certificate_status({snake: given[name] for name, snake in names.items()})
        return {"status": "Failed"} if result is None else {"status": "Accepted", "ocspResult": result}

    async def _contract(self, request: dict) -> dict:
        answer = await self.csms.contract(request["iso15118SchemaVersion"], request["exiRequest"])
        return {"status": "Accepted" if answer else "Failed", "exiResponse": answer}

    @on("StartTransaction")
    def on_start(self, meter_start, **_):
        self.meter_start = meter_start
        return result16.StartTransaction(transaction_id=1, id_tag_info={"status": "Accepted"})

    @on("StopTransaction")
    def on_stop(self, **_):
        return result16.StopTransaction()

    @after("StopTransaction")
    def after_stop(self, meter_stop, transaction_id, **_):
        whole = self.meter_start is not None and meter_stop > self.meter_start and transaction_id == 1
        self.csms.ended(None if whole else f"from {self.meter_start} to {meter_stop} Wh in {transaction_id}")


VERSIONS = {"1.6": ("ocpp1.6", Station16), "2.0.1": ("ocpp2.0.1", Station201)}


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("version", choices=VERSIONS)
    parser.add_argument("--pki", type=Path, required=True)
    parser.add_argument("--house", required=True)
    options = parser.parse_args()
    subprotocol, station_class = VERSIONS[options.version]
    csms = Csms(options.pki, options.house)
    secret = base64.b64encode(f"{IDENTITY}:{os.environ['STATION_PASSWORD']}".encode()).decode()
    tasks = set()

    def admit(connection, request):
        if request.headers.get("Authorization") == f"Basic {secret}":
            csms.findings.good("password")
            return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, "who are you?\n")

    async def connected(connection):
        station = station_class(IDENTITY, connection, csms)
        asking = asyncio.create_task(csms.ask(station))
        tasks.add(asking)
        asking.add_done_callback(lambda done: done.cancelled() or done.exception() is None or csms.ended(repr(done.exception())))
        try:
            await station.start()
        except websockets.ConnectionClosed:
            asking.cancel()

    async with websockets.serve(connected, "127.0.0.1", 0, subprotocols=[subprotocol], process_request=admit) as server:
        print(f"READY {server.sockets[0].getsockname()[1]}", flush=True)
        try:
            await asyncio.wait_for(csms.over.wait(), PATIENCE_S)
        except TimeoutError:
            csms.findings.bad("transaction", f"did not end within {PATIENCE_S} s")
        good = csms.findings.report()
        await asyncio.sleep(0.2)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
