"""What goes to the operations of openapi.yaml: a body for each that wants one, good enough to be refused for another reason."""

from csms_commands import COMMANDS

TOKEN = "operators-token-of-a-test"
HOUSES = "/api/settlement/houses"
RELAY = "/api/settlement/relay"
TERMINAL = {"id": "PHONE", "publicKey": "04" + "1a" * 64, "idToken": "ANNA", "type": "ISO14443", "mayDeduct": True}
PLACE = {"latitude": 52.5, "longitude": 13.4, "connector": "cCCS2", "powerW": 50000}
RESERVE = {"station": "PILE-9", "evse": 1, "idToken": "VISITOR", "minutes": 30}
VISIT_COMMANDS = (("confirm", {"number": "RSV00000000"}), ("cancel", {}), ("start", {}), ("stop", {}), ("pay", {}), ("release", {"by": "Ada"}))
ORDER_COMMANDS = (("pay", {}), ("write-off", {"reason": "x"}), ("adjust", {"netMinor": 1, "reason": "x"}), ("try-again", {}),
                  ("chargeback", {"leg": "0" * 26, "amountMinor": 1, "key": "D-1", "reason": "x"}))
RENTAL_COMMANDS = ("requests/{id}/cancel", "rentals/{id}/report", "rentals/{id}/swap", "rentals/{id}/keep", "banks/{id}/retire", "banks/{id}/serve")
RECONCILE = {"provider": "shop", "from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z", "list": ""}
RELAY_BODIES = {"/relay/trust": {"keys": []}, "/relay/piles": {"pile": "PILE-D", "claimCode": "CLAIM-PILE-D"}, "/relay/authorisations": {"idToken": "ANNA", "status": "x", "outlet": 1},
                **{"/" + end: {"token": "x"} for end in ("relay/enrolments", "relay/statuses", "relay/bills", "relay/shown-cards")},
                "/me/binding": {"key": "BA" + "A" * 85},
                **{"/piles/{pile}/" + end: {"reason": "looked at"} for end in ("revoke", "lift", "pages/{page}/resolve", "pages/{page}/accept")}}
HOUSE_BODIES = {
    "/settlement/houses": {"name": "Elm", "landlord": "Lord", "currency": "EUR", "zone": "Etc/UTC"}, "/tenants": {"name": "Ada", "flat": "1"},
    "/cards": {"kind": "privilege", "idToken": "LORD"}, "/replace": {"idToken": "ADA2"}, "/prices": {"price": "0.40"}, "/periods": {"to": "2026-11-01T00:00:00Z"},
    "/paid": {"amount": "1.00", "key": "K"}, "/settlement/phones": {"card": "0" * 26, "secret": "0" * 26, "name": "phone"},
    "/piles/{station}/start": {"evse": 1}, "/piles/{station}/stop": {"transaction": "1"},
    **{"/" + end: {} for end in ("piles/{station}", "authorise", "move-out", "forget", "log-out", "let-in", "lost", "end", "approve", "revoke", "prices/{number}/confirm",
                                 "items/{number}/confirm", "waive")}}


def sample_body(path, method):
    bodies = {**RELAY_BODIES, "/api/drive/visits": {"station": "X", "evse": 1, "minutes": 1}, "/settlement/drivers": {"idToken": "X"}, "/drive/visit/stop": {},
              **{"/drive/visit/" + name: {} for name in ("rent", "cancel", "start", "pay")}, "/drive/visit/confirm": {"number": "RSV00000000"}, "/settlement/terminals": TERMINAL, "/{id}/terminals": {"terminal": "T"}, "/sold": {}, "/starts/{id}/stop": {}, "/places/{station}/{id}": PLACE, "/settlement/visits": RESERVE, **{"/visits/{id}/" + name: body for name, body in VISIT_COMMANDS}, "/now": None, "/call": {"action": "ClearCache"}, "/api/stations/{id}": {}, "/api/tokens/{type}/{idToken}": {"status": "Accepted"},
              "/api/test/clock": {"advance_s": 1}, "/security-profile": {"securityProfile": 0}, "/pay": {}, "/write-off": {"reason": "x"},
              "/adjust": {"netMinor": 1, "reason": "x"}, **{"/" + name: body for name, body in ORDER_COMMANDS}, **{"/" + name: {} for name in RENTAL_COMMANDS},
              "/settlement/rent": {"station": "X", "idToken": "Y"}, "/settlement/reconciliation": RECONCILE, "/{currency}/{account}": {"amount": "1.00", "key": "K"}, "/suspense/{id}": {"resolution": "dismiss"}, "/slots/{station}": {"slot": 1, "order": "self-test"},
              "/known-renters/{type}/{idToken}": {"banks": 1}, **HOUSE_BODIES, **{"/" + name: command.body for name, command in COMMANDS.items()}}
    if method in ("get", "delete"):
        return None
    return next(body for end, body in bodies.items() if path.endswith(end))
