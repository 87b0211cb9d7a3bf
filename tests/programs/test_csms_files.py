"""Files of ocpp-csms: firmware that a pile fetches and logs that it hands over, in every version; and what strangers and bad stations try.

usage: test_csms_files.py OCPP-SIM OCPP-CSMS"""

import http.client
import os
import subprocess
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402
from csms import Csms, booted, misuse, scratch, until  # noqa: E402

OPEN = ("--accept-unknown", "--accept-unknown-tokens")
IMAGE = b"ocpp-sim firmware 7.1\n" + bytes(i * 31 & 255 for i in range(300007))


def folder_of(scratch_folder):
    folder = os.path.join(scratch_folder, "files")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "new firmware.bin"), "wb") as file:
        file.write(IMAGE)
    return folder


def fetch(url, method="GET", body=None, **headers):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    connection.request(method, parts.path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


def ordered(csms, station, name, body):
    """What the station is told."""
    told, answers = [], []

    def give():
        answers.append(csms.rest.post(f"/api/stations/PILE-1/{name}", body))
    asking = threading.Thread(target=give)
    asking.start()
    call, payload = station.next_call()
    told.append(payload)
    station.answer(call, {} if name == "firmware" else {"status": "Accepted"})
    asking.join()
    assert answers[0].status == 200, answers[0].text
    return told[0], answers[0].json


# --- with a pile ---------------------------------------------------------------------------------------------------------------------


def play(program, csms, version, state):
    process = subprocess.Popen([program, "--url", f"ws://127.0.0.1:{csms.port}/ocpp", "--id", "PILE-1", "--version", version, "--state", state,
                                "--speed", "20"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = []
    threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True).start()
    return process, lines


def connected(csms):
    answer = csms.rest.ask("GET", "/api/stations/PILE-1")
    return answer.status == 200 and answer.json["connected"] and answer.json["boot"]["status"] == "Accepted"


def test_a_pile_fetches_firmware_and_hands_over_its_logs(program, binary):
    for version in ("1.6", "2.0.1"):
        with scratch() as folder:
            with Csms(binary, *OPEN, "--files", folder_of(folder), "--db", os.path.join(folder, "csms.db")) as csms:
                events = csms.rest.events("?kinds=firmware,log,file")
                state = os.path.join(folder, "pile")
                os.makedirs(state)
                process, lines = play(program, csms, version, state)
                try:
                    until(lambda: connected(csms), "a connection")
                    answer = csms.rest.post("/api/stations/PILE-1/log", {"kind": "Diagnostics"})
                    assert answer.status == 200 and answer.json["accepted"], answer.text
                    told = events.next("file")[1]
                    assert told["requestId"] == answer.json["requestId"] and told["station"] == "PILE-1", told
                    listed = csms.rest.get("/api/files")
                    assert [file["name"] for file in listed["received"]] == [told["name"]] and told["name"].startswith("PILE-1_"), listed
                    got = csms.rest.ask("GET", "/api/files/received/" + told["name"])
                    assert got.status == 200 and len(got.text) == told["size"] > 0
                    assert events.next("log")[1]["status"] in ("Uploading", "Uploaded")
                    answer = csms.rest.post("/api/stations/PILE-1/firmware", {"file": "new firmware.bin"})
                    assert answer.status == 200 and answer.json["accepted"], answer.text
                    seen = []
                    while "Downloaded" not in seen:
                        seen.append(events.next("firmware")[1]["status"])
                    assert "DownloadFailed" not in seen, seen
                    while seen[-1] != "Installed":
                        seen.append(events.next("firmware")[1]["status"])
                        assert "Failed" not in seen[-1], seen
                finally:
                    process.stdin.close()
                    process.kill()
                    process.wait()
                assert csms.stop() == 0, "".join(lines[-20:])


# --- by hand -------------------------------------------------------------------------------------------------------------------------


def test_parts_of_a_file_may_be_asked_for(program, binary):
    with scratch() as folder, Csms(binary, *OPEN, "--files", folder_of(folder)) as csms:
        station = booted(csms, "PILE-1")
        url = ordered(csms, station, "firmware", {"file": "new firmware.bin"})[0]["location"]
        assert fetch(url)[:2] == (200, IMAGE)
        assert fetch(url, "HEAD")[1] == b"" and fetch(url, "HEAD")[2]["Content-Length"] == str(len(IMAGE))
        size = len(IMAGE)
        for wanted, first, last in (("0-0", 0, 0), ("5-9", 5, 9), ("100-", 100, size - 1), ("-7", size - 7, size - 1), (f"-{size + 5}", 0, size - 1),
                                    (f"10-{size * 9}", 10, size - 1)):
            status, body, headers = fetch(url, Range="bytes=" + wanted)
            assert body == IMAGE[first:last + 1], wanted
            assert status == (206 if len(body) < size else 200), (wanted, status)
            assert status == 200 or headers["Content-Range"] == f"bytes {first}-{last}/{size}", headers
        for beyond in (f"{size}-", f"{size + 1}-{size + 2}", "-0", "99999999999999999999-"):
            assert fetch(url, Range="bytes=" + beyond)[0] == 416, beyond
        for odd in ("bytes=", "bytes=x-y", "bytes=5", "bytes=9-5", "bytes=0-1,3-4", "lines=0-1", "bytes=--5", "bytes=1-2-3"):
            assert fetch(url, Range=odd)[:2] == (200, IMAGE), odd


def test_an_address_is_for_one_station_one_file_and_a_while(program, binary):
    with scratch() as folder:
        options = (*OPEN, "--files", folder_of(folder), "--db", os.path.join(folder, "csms.db"), "--test-clock")
        with open(os.path.join(folder, "files", "other.bin"), "wb") as file:
            file.write(b"x")
        with open(os.path.join(folder, "secret"), "wb") as file:
            file.write(b"x")
        os.symlink(os.path.join(folder, "secret"), os.path.join(folder, "files", "link.bin"))
        with Csms(binary, *options) as csms:
            station = booted(csms, "PILE-1")
            url = ordered(csms, station, "firmware", {"file": "new firmware.bin"})[0]["location"]
            put = ordered(csms, station, "log", {"kind": "Diagnostics", "requestId": 12})[0]["log"]["remoteLocation"]
            assert fetch(url)[0] == 200
            ticket = urllib.parse.urlsplit(url).path.split("/")[2]
            until_text, code = ticket.split(".")
            base = f"http://127.0.0.1:{csms.http_port}/files/"
            forged = [f"{ticket}/PILE-1/other.bin", f"{ticket}/PILE-2/new%20firmware.bin", f"{ticket}/PILE-1/..%2Fsecret", f"{ticket}/PILE-1/../secret",
                      f"{int(until_text, 16) + 1:x}.{code}/PILE-1/new%20firmware.bin", f"{until_text}.{code[:-1]}{'1' if code[-1] == '0' else '0'}/PILE-1/new%20firmware.bin",
                      f"{until_text}./PILE-1/new%20firmware.bin", f"{until_text}/PILE-1/new%20firmware.bin", f".{code}/PILE-1/new%20firmware.bin",
                      f"ffffffffffffffffffff.{code}/PILE-1/new%20firmware.bin"]
            for path in forged:
                assert fetch(base + path)[0] == 404, path
            assert fetch(url, "PUT", b"x")[0] in (404, 405), "an address to fetch from is none to hand over to"
            for name in ("link.bin", "../secret", ".hidden", "absent", "received", "a/b"):
                wrong = csms.rest.post("/api/stations/PILE-1/firmware", {"file": name})
                assert wrong.status == 400 and wrong.json["path"] == "/file", (name, wrong.text)
            assert csms.rest.post("/api/stations/PILE-1/firmware", {"file": "other.bin", "url": "http://x/"}).json["path"] == "/file"
            assert csms.rest.post("/api/stations/PILE-1/firmware", {}).json["path"] == "/url"
            station.close()
            csms.kill()
            port = csms.http_port
        with Csms(binary, *options, listen=(f"ws://127.0.0.1:{port}",)) as csms:
            assert fetch(url)[0] == 200, "an address outlives the program"
            csms.rest.post("/api/test/clock", {"advance_s": 7 * 86400 + 60})
            assert fetch(url)[0] == 404 and fetch(put + "a.log", "PUT", b"x")[0] == 404, "an address ends"


def test_what_stations_hand_over_is_bounded_and_never_written_over(program, binary):
    with scratch() as folder:
        files = folder_of(folder)
        os.makedirs(os.path.join(files, "received"))
        with open(os.path.join(files, "received", ".part-0000"), "wb") as file:
            file.write(b"left by a power cut")
        with Csms(binary, *OPEN, "--files", files, "--files-mib", "1", "--files-all-mib", "2") as csms:
            station = booted(csms, "PILE-1")
            put = ordered(csms, station, "log", {"kind": "Security", "requestId": 12})[0]["log"]["remoteLocation"]
            assert put.endswith("/PILE-1/12/"), put
            names = []
            for name in ("a.log", "a.log", "..%2F..%2Fetc%2Fpasswd", "%20;rm%20-rf", "", ".hidden"):
                status, body, _ = fetch(put + name, "PUT", b"log" * 1000)
                if "%2F" in name:
                    assert status in (404, 405), (name, status)
                    continue
                assert status == 201, (name, status, body)
                names.append(__import__("json").loads(body)["name"])
            assert names[:2] == ["PILE-1_12_a.log", "PILE-1_12_a.log.2"] and len(set(names)) == 5, names
            assert all("/" not in name and ";" not in name and " " not in name for name in names), names
            assert sorted(os.listdir(os.path.join(files, "received"))) == sorted(names), os.listdir(os.path.join(files, "received"))
            assert fetch(put + "big", "PUT", b"x" * (1 << 20))[0] == 201
            assert fetch(put + "big", "PUT", b"x" * ((1 << 20) + 1))[0] in (404, 413), "a file is too large"
            assert fetch(put + "big", "PUT", b"x" * (1 << 20))[0] in (404, 413), "all files are too large"
            cut = rawws.connect(csms.http_port)
            cut.send(f"PUT {urllib.parse.urlsplit(put).path}half HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + "x" * 5000)
            until(lambda: any(name.startswith(".part") for name in os.listdir(os.path.join(files, "received"))), "a file that comes")
            cut.close()
            until(lambda: not any(name.startswith(".part") for name in os.listdir(os.path.join(files, "received"))), "its end")
            assert fetch(put + "after", "PUT", b"x" * 900000)[0] == 201, "what was cut gave its room back"
            assert csms.stop() == 0


def test_wrong_use_is_told(program, binary):
    with scratch() as folder:
        here = ("--listen", "ws://127.0.0.1:0")
        for code, options, words in ((1, (*here, "--files", os.path.join(folder, "absent")), "--files"),
                                     (2, ("--listen", "0.0.0.0:0", "--files", folder), "--files-url"),
                                     (2, (*here, "--files", folder, "--files-url", "ftp://x"), "--files-url"),
                                     (2, (*here, "--files-mib", "0"), "1 to 65536")):
            done, complaint = misuse(binary, *options)
            assert done == code and words in complaint, (options, done, complaint)
        with Csms(binary, *OPEN) as csms:
            assert csms.rest.ask("GET", "/api/files").status == 404
            station = booted(csms, "PILE-1")
            assert csms.rest.post("/api/stations/PILE-1/log", {}).json["path"] == "/url"
            station.close()
        with Csms(binary, *OPEN, "--files", folder, "--files-url", "https://csms.example/base/") as csms:
            station = booted(csms, "PILE-1")
            assert ordered(csms, station, "log", {})[0]["log"]["remoteLocation"].startswith("https://csms.example/base/files/")


if __name__ == "__main__":
    rawws.run(globals(), *sys.argv[1:3])
