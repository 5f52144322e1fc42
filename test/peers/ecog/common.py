"""Own code shared by ev_against_secc.py and secc_for_ev.py: package set-up, scenarios, tracing, figures."""
import glob, json, os, resource, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))

# protocol names are members of iso15118.shared.messages.enums.Protocol
SCENARIOS = {
    #  name              protocol          EV energy service / -2 mode       TLS    auth    cert install
    "ac-pnc":             ("ISO_15118_2",     "AC", "AC_three_phase_core",   True,  "PNC",  False),
    "dc-pnc":             ("ISO_15118_2",     "DC", "DC_extended",           True,  "PNC",  False),
    "ac-pnc-certinstall": ("ISO_15118_2",     "AC", "AC_three_phase_core",   True,  "PNC",  True),
    "ac-eim":             ("ISO_15118_2",     "AC", "AC_three_phase_core",   False, "EIM",  False),
    "dc-eim":             ("ISO_15118_2",     "DC", "DC_extended",           False, "EIM",  False),
    "ac-eim-tls":         ("ISO_15118_2",     "AC", "AC_three_phase_core",   True,  "EIM",  False),
    "din-dc-eim":         ("DIN_SPEC_70121",  "DC", "DC_extended",           False, "EIM",  False),
    "iso20-ac-pnc":       ("ISO_15118_20_AC", "AC", "AC_three_phase_core",   True,  "PNC",  False),
    "iso20-dc-pnc":       ("ISO_15118_20_DC", "DC", "DC_extended",           True,  "PNC",  False),
    "iso20-ac-eim":       ("ISO_15118_20_AC", "AC", "AC_three_phase_core",   False, "EIM",  False),
    "iso20-dc-eim":       ("ISO_15118_20_DC", "DC", "DC_extended",           False, "EIM",  False),
    "iso20-acbpt-eim":    ("ISO_15118_20_AC", "AC_BPT", "AC_three_phase_core", False, "EIM", False),
    "iso20-dcbpt-eim":    ("ISO_15118_20_DC", "DC_BPT", "DC_extended",       False, "EIM",  False),
    "iso20-ac-pnc-certinstall": ("ISO_15118_20_AC", "AC", "AC_three_phase_core", True, "PNC", True),
}
# supportedAppProtocolReq; SessionSetupRes, ServiceDiscoveryRes and ChargingStatusRes of ISO 15118-2; of DIN SPEC 70121, whose
# loop leaves 250 ms for an answer, ChargeParameterDiscovery and CurrentDemand, requests and responses
ISO2 = "urn:iso:15118:2:2013:MsgDef"
DIN = "urn:din:70121:2012:MsgDef"
WARM_UP = [
    ("urn:iso:15118:2:2010:AppProtocol", "8000ebab9371d34b9b79d189a98989c1d191d191818999d26b9b3a232b30020000040040"),
    (ISO2, "809802136159eb325e9ba6d1e02031552cc4c8cd14c4c8ccd01897327b00c0"),
    (ISO2, "809802136159eb325e9ba6d1c0012004041050d7d110d7d0da185c99da5b99c040604800401a86cae4e8d2ccd2c6c2e8ca2288"),
    (ISO2, "809802136159eb325e9ba6d0c00031552cc4c8cd14c4c8ccd00000c30ac02100000000"),
    (DIN, "809a02215eb325e9ba6d1e107191400c80c0c3e804080e1209c060a1840602048781700612161d4020c81400"),
    (DIN, "809a02215eb325e9ba6d1e10800000040020000405182828270045504080000181856010101c261d40c142101c0c0c0040c14190460"
          "6002200"),
    (DIN, "809a02215eb325e9ba6d1e10d1400c80c0c040821828480180"),
    (DIN, "809a02215eb325e9ba6d1e10e000408000018284801818183180004606064200"),
]
LOOP_RES = {"ChargingStatusRes", "CurrentDemandRes", "AC_ChargeLoopRes", "DC_ChargeLoopRes"}


def add_common_args(p):
    p.add_argument("--iface", required=True, help="interface with an IPv6 link-local address")
    p.add_argument("--pki", help="folder that holds iso15118_2/certs and iso15118_2/private_keys "
                                 "(default: the package's own shared/pki)")
    p.add_argument("--tls13", action="store_true", help="ENABLE_TLS_1_3=True (mutual TLS with the OEM chain)")
    p.add_argument("--package-root", default=os.environ.get("ISO15118_ROOT"),
                   help="folder that holds the iso15118 package when it is not pip-installed")
    p.add_argument("--trace", help="write every V2GTP message to this JSONL file")
    p.add_argument("--stats", help="write the figures of this process to this JSON file")
    p.add_argument("--timeout", type=float, default=90)
    p.add_argument("--log-level", default="INFO")
    p.add_argument("--log", help="write the package's log to this file instead of standard output")


def prepare(args):
    """Environment and import path; must run before the first import of iso15118."""
    env = {"NETWORK_INTERFACE": args.iface, "LOG_LEVEL": args.log_level, "MESSAGE_LOG_JSON": "False",
           "MESSAGE_LOG_EXI": "False", "ENABLE_TLS_1_3": str(bool(args.tls13))}
    if args.pki:
        env["PKI_PATH"] = os.path.abspath(args.pki) + "/"
    os.environ.update(env)
    if args.package_root:
        sys.path.insert(0, args.package_root)
    # the process's real standard output is kept for the one result line
    args.out = os.fdopen(os.dup(1), "w")
    if args.log:
        fd = os.open(args.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(fd, 1)
        os.dup2(fd, 2)


def make_codec(scenario):
    """The package's own codec: EXICodec.jar over py4j, warmed up, as a cold JVM may need longer than a response may take."""
    from iso15118.shared.exificient_exi_codec import ExificientEXICodec
    codec = ExificientEXICodec()
    foreign = ISO2 if SCENARIOS.get(scenario, ("",))[0].startswith("DIN") else DIN
    for ns, exi in [m for m in WARM_UP if m[0] != foreign] * 20:
        codec.encode(codec.decode(bytes.fromhex(exi), ns), ns)
    return codec


def catch_errors(logger_name, needles):
    """List that receives the first line of each error record of a logger that has one of the needles."""
    import logging
    got = []

    class H(logging.Handler):
        def emit(self, rec):
            m = rec.getMessage()
            if rec.exc_info and rec.exc_info[1]:
                m += f" ({rec.exc_info[1]})"
            if any(n in m for n in needles):
                got.append(m.splitlines()[0][:300])
    h = H(level=logging.ERROR)
    logging.getLogger(logger_name).addHandler(h)
    return got


class Trace:
    """Records V2GTP messages by wrapping the package's four send/receive points."""

    def __init__(self, role, codec):
        self.role, self.codec, self.rows = role, codec, []
        self.cpu0 = self.cpu1 = None
        self.jvm0 = self.jvm1 = 0.0
        self.tls = None            # [version, cipher] of the last connection
        self.stopped = []          # reasons given by the package, one per ended session
        self._hook()

    def cpu(self):
        r = resource.getrusage(resource.RUSAGE_SELF)
        return r.ru_utime + r.ru_stime

    def jvm_pids(self):
        pid = getattr(self.codec, "pid", None)
        if pid:
            return [pid]
        me, out = str(os.getpid()), []
        for s in glob.glob("/proc/[0-9]*/stat"):
            try:
                f = open(s).read().rsplit(")", 1)
            except OSError:
                continue
            if f[1].split()[1] == me and "java" in f[0]:
                out.append(int(s.split("/")[2]))
        return out

    def jvm_cpu(self):
        t = 0.0
        for p in self.jvm_pids():
            try:
                f = open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()
                t += (int(f[11]) + int(f[12])) / os.sysconf("SC_CLK_TCK")
            except OSError:
                pass
        return t

    def jvm_peak_kb(self):
        t = 0
        for p in self.jvm_pids():
            try:
                for l in open(f"/proc/{p}/status"):
                    if l.startswith("VmHWM"):
                        t += int(l.split()[1])
            except OSError:
                pass
        return t

    def add(self, direction, raw, channel, ns):
        if self.cpu0 is None:
            self.cpu0, self.jvm0 = self.cpu(), self.jvm_cpu()
        self.rows.append({"t": time.time(), "dir": direction, "ch": channel, "v2gtp": bytes(raw).hex(), "ns": ns})
        self.cpu1, self.jvm1 = self.cpu(), self.jvm_cpu()

    def _hook(self):
        from iso15118.shared.comm_session import SessionStateMachine, V2GCommunicationSession
        tr = self
        tx, rx = ("ev->secc", "secc->ev") if self.role == "ev" else ("secc->ev", "ev->secc")

        def ns_of(obj, ptype):
            return obj.get_exi_ns(ptype).value

        send0, proc0, stop0 = V2GCommunicationSession.send, SessionStateMachine.process_message, V2GCommunicationSession.stop

        async def send(self, message):
            # the answer to SAP is sent after the protocol was set already
            sap = getattr(self, "_seen_sap", 0) < 1
            self._seen_sap = getattr(self, "_seen_sap", 0) + 1
            so = self.writer.get_extra_info("ssl_object")
            if so is not None:
                tr.tls = [so.version(), so.cipher()[0]]
            tr.add(tx, message.to_bytes(), "tls" if tr.tls_of(self) else "tcp",
                   "urn:iso:15118:2:2010:AppProtocol" if sap else ns_of(self, message.payload_type))
            return await send0(self, message)

        async def process_message(self, message):
            from iso15118.shared.messages.v2gtp import V2GTPMessage
            try:
                pt = V2GTPMessage.from_bytes(self.comm_session.protocol, message).payload_type
                ns = ns_of(self, pt)
            except Exception as exc:
                ns = f"? {exc}"
            tr.add(rx, message, "tls" if tr.tls_of(self) else "tcp", ns)
            return await proc0(self, message)

        async def stop(self, reason):
            tr.stopped.append(reason)
            return await stop0(self, reason)

        V2GCommunicationSession.send = send
        SessionStateMachine.process_message = process_message
        V2GCommunicationSession.stop = stop
        if self.role == "ev":
            from iso15118.evcc.transport.udp_client import UDPClient as U
            s0, r0 = U.send, U.datagram_received
            U.send = lambda self, m: (tr.add(tx, m.to_bytes(), "udp", "sdp"), s0(self, m))[1]
        else:
            from iso15118.secc.transport.udp_server import UDPServer as U
            s0, r0 = U.send, U.datagram_received
            U.send = lambda self, m, a: (tr.add(tx, m.to_bytes(), "udp", "sdp"), s0(self, m, a))[1]
        U.datagram_received = lambda self, d, a: (tr.add(rx, d, "udp", "sdp"), r0(self, d, a))[1]

    @staticmethod
    def tls_of(session):
        return bool(session.writer.get_extra_info("sslcontext"))

    def decode_rows(self):
        for r in self.rows:
            if "json" in r:
                continue
            payload = bytes.fromhex(r["v2gtp"])[8:]
            if r["ns"] == "sdp":
                r["msg"] = "SDPReq" if len(payload) == 2 else "SDPRes"
                r["json"] = ({"security": payload[0], "transport": payload[1]} if len(payload) == 2 else
                             {"ip": payload[:16].hex(), "port": int.from_bytes(payload[16:18], "big"),
                              "security": payload[18], "transport": payload[19]})
                continue
            try:
                j = json.loads(self.codec.decode(payload, r["ns"]))
            except Exception as exc:
                r["msg"], r["json"], r["error"] = "?", None, str(exc)
                continue
            name, val = next(iter(j.items()))
            if name == "V2G_Message":
                name, val = next(iter(val["Body"].items()))
            r["msg"], r["code"], r["json"] = name, (val or {}).get("ResponseCode"), j

    def names(self):
        self.decode_rows()
        return [r["msg"] for r in self.rows]

    def verdict(self):
        """(ok, why) judged from the wire alone."""
        self.decode_rows()
        loop = [r for r in self.rows if r["msg"] in LOOP_RES and str(r.get("code", "")).startswith("OK")]
        stop = [r for r in self.rows if r["msg"] == "SessionStopRes" and r.get("code") == "OK"]
        bad = [r for r in self.rows if r.get("code") and not str(r["code"]).startswith(("OK", "WARNING"))]
        if bad:
            return False, f"{bad[0]['msg']}={bad[0]['code']}"
        if not loop:
            return False, f"no charge loop (last message {self.rows[-1]['msg'] if self.rows else 'none'})"
        if not stop:
            return False, f"no SessionStopRes OK (last message {self.rows[-1]['msg']})"
        return True, f"loop={len(loop)}"

    def as_asked(self, auth, install):
        """Reason why a session that ended well is not what the scenario asked for, or None."""
        if auth == "PNC" and not any(r["msg"] == "PaymentDetailsReq" or "PnC_AReqAuthorizationMode" in json.dumps(r["json"])
                                     for r in self.rows):
            return "the session ended well, but not with Plug & Charge"
        if install and "CertificateInstallationRes" not in self.names():
            return "the session ended well, but without certificate installation"
        return None

    def figures(self):
        self.decode_rows()
        t0 = next((r["t"] for r in self.rows if r["msg"] == "SDPReq"), None)
        t1 = next((r["t"] for r in reversed(self.rows) if r["msg"] == "SessionStopRes"), None)
        t2 = next((r["t"] for r in self.rows if r["msg"].lower().startswith("supportedapp")), None)
        tcp = [r for r in self.rows if r["ch"] != "udp"]
        return {"role": self.role, "tls": self.tls, "messages_tcp": len(tcp), "messages_udp": len(self.rows) - len(tcp),
                "bytes_v2gtp": sum(len(r["v2gtp"]) // 2 for r in self.rows),
                "sdp_to_stopres_s": round(t1 - t0, 3) if t0 and t1 else None,
                "sdp_to_sap_s": round(t2 - t0, 3) if t0 and t2 else None,
                "python_peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
                "python_session_cpu_s": round((self.cpu1 or 0) - (self.cpu0 or 0), 3),
                "python_total_cpu_s": round(self.cpu(), 3),
                "jvm_peak_rss_mb": round(self.jvm_peak_kb() / 1024, 1),
                "jvm_session_cpu_s": round(self.jvm1 - self.jvm0, 3), "jvm_total_cpu_s": round(self.jvm_cpu(), 3)}

    def write(self, path, scenario):
        self.decode_rows()
        t0 = self.rows[0]["t"] if self.rows else 0
        with open(path, "w") as f:
            for i, r in enumerate(self.rows):
                o = {"n": i + 1, "scenario": scenario, "t_ms": round((r["t"] - t0) * 1000, 2), "dir": r["dir"],
                     "channel": r["ch"], "message": r["msg"], "namespace": r["ns"], "response_code": r.get("code"),
                     "v2gtp_hex": r["v2gtp"], "json": r["json"]}
                if r.get("error"):
                    o["decode_error"] = r["error"]
                f.write(json.dumps({k: v for k, v in o.items() if v is not None or k == "json"}) + "\n")


def finish(args, trace, scenario, ok, why):
    """One final line on standard output, trace and figures to files, exit code."""
    fig = trace.figures()
    if args.trace:
        trace.write(args.trace, scenario)
    if args.stats:
        json.dump({"scenario": scenario, "ok": ok, "why": why, "stop_reasons": trace.stopped, **fig}, open(args.stats, "w"), indent=1)
    args.out.write(f"{'PASS' if ok else 'FAIL'} {scenario} role={trace.role} messages={fig['messages_tcp']}+{fig['messages_udp']}sdp "
                   f"time_s={fig['sdp_to_stopres_s']} {why} rss_mb={fig['python_peak_rss_mb']}+jvm{fig['jvm_peak_rss_mb']} "
                   f"cpu_s={fig['python_session_cpu_s']}+jvm{fig['jvm_session_cpu_s']}\n")
    args.out.flush()
    if hasattr(trace.codec, "close"):
        trace.codec.close()
    os._exit(0 if ok else 1)
