#!/usr/bin/env python3
"""test/serve/photos.py - photographs as an office uploads them, and as nobody should.

    photos.py PISTE     the desk is a file, or the PostgreSQL database that PISTE_TEST_DATABASE names

What is served must hold pixels and nothing else, upright, whatever the file held. Pillow writes the files and reads what
came of them; its own exif_transpose is what "upright" is held against.
"""
import base64
import glob
import io
import json
import os
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from server import DATABASE, PISTE, Server, keys  # noqa: E402

try:
    from PIL import Image, ImageDraw, ImageOps, PngImagePlugin
except ImportError:  # Debian has it for its own Python
    if sys.executable == "/usr/bin/python3" or subprocess.run(["/usr/bin/python3", "-c", "import PIL"], check=False, capture_output=True).returncode:
        print("1..0 # SKIP there is no Pillow (python3-pil)")
        sys.exit(0)
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

SECRET = b"Hidden-Name-At-41.1N-129.6E"
MOST = 12 * 1024 * 1024


def expect(true, *what):
    if not true:
        raise AssertionError(what)


def picture(width=640, height=400, seed=0):
    """Four quarters of different colours and something to tell pictures apart."""
    im = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(im)
    for i, colour in enumerate(((220, 30, 30), (30, 200, 30), (30, 30, 220), (230, 230, 40))):
        x, y = i % 2 * width // 2, i // 2 * height // 2
        draw.rectangle((x, y, x + width // 2, y + height // 2), colour)
    draw.rectangle((width // 3, height // 3, width // 3 + 5 + seed % 97, height // 3 + 20 + seed // 97 % 50), (255, 255, 255))
    return im


def coded(im, kind="JPEG", **more):
    out = io.BytesIO()
    im.save(out, kind, **more)
    return out.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width, height, rows, *chunks, depth=8, colour=0):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)) + b"".join(chunks) + \
        chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def new(what="p"):
    return f"{what}-{next(keys)}-{os.getpid()}"


def upload(c, data, key=None, kind="application/octet-stream"):
    return c.ask("POST", f"/api/photos/upload/{key or new()}", data, {"Content-Type": kind}, raw=True)


def add(c, data):
    code, answer = upload(c, data)
    expect(code == 200, code, answer)
    return answer["photo"]


def change(c, photo, **fields):
    return c.post("/api/photos/change", key=new(), photo=photo, **fields)


def tell(c, photo, **fields):
    code, answer = change(c, photo, texts=[{"language": "en", "caption": "The hall", "alternative": "Skis in racks"}], **fields)
    expect(code == 200, code, answer)


def photos(c):
    code, answer = c.get("/api/photos")
    expect(code == 200, code, answer)
    return answer["photos"]


def image(c, digest):
    code, data = c.get(f"/api/photos/image/{digest}.jpg")
    expect(code == 200, code, data)
    expect(c.headers["Content-Type"] == "image/jpeg" and c.headers["X-Content-Type-Options"] == "nosniff", c.headers)
    expect("immutable" in c.headers["Cache-Control"], c.headers)
    return data


def office(s):
    s.account("boss", "manager")
    return s.sign_in("boss")


def markers(jpeg):
    """What a JPEG is made of: (marker, length) up to its first scan, and what follows its end."""
    at, found = 2, []
    while jpeg[at + 1] != 0xDA:
        length = struct.unpack(">H", jpeg[at + 2:at + 4])[0]
        found.append((jpeg[at + 1], length))
        at += 2 + length
    return found, jpeg[jpeg.rindex(b"\xff\xd9") + 2:]


def full_of_metadata():
    """Files that say more than they should, each with SECRET in every place that there is for it."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = exif[0x8298] = SECRET.decode()
    exif[0x8769] = {0x9286: b"ASCII\0\0\0" + SECRET, 0xA430: SECRET.decode()}
    exif[0x8825] = {1: "N", 2: (41.0, 6.0, 0.0), 3: "E", 4: (129.0, 36.0, 0.0), 27: SECRET}
    plain = coded(picture(seed=1), exif=exif, comment=SECRET, icc_profile=b"\0" * 128 + SECRET, quality=90)
    app = [b"\xff" + bytes([0xE0 + n]) + struct.pack(">H", 2 + len(data)) + data for n, data in
           ((1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET), (13, b"Photoshop 3.0\0" + SECRET), (2, b"MPF\0" + SECRET), (15, SECRET))]
    yield "JPEG", plain[:2] + plain[2:].replace(b"\xff\xdb", b"".join(app) + b"\xff\xdb", 1) + b"PK\x03\x04" + SECRET + coded(picture(80, 80)) + SECRET
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", SECRET.decode())
    info.add_text("Comment", SECRET.decode(), zip=True)
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    info.add(b"prVt", SECRET)
    yield "PNG", coded(picture(seed=2), "PNG", pnginfo=info, exif=exif, icc_profile=b"\0" * 128 + SECRET) + SECRET


def test_nothing_but_pixels(top):
    with Server(top) as s:
        c = office(s)
        for kind, data in full_of_metadata():
            expect(data.count(SECRET) >= 4, kind, data.count(SECRET))
            tell(c, add(c, data))
        shown = photos(s.client())
        expect(len(shown) == 2, shown)
        for p in shown:
            for i in p["images"]:
                jpeg = image(s.client(), i["digest"])
                found, after = markers(jpeg)
                expect(after == b"" and all(m in (0xDB, 0xC0, 0xC2, 0xC4, 0xDD) or (m, n) == (0xE0, 16) for m, n in found), found)
                im = Image.open(io.BytesIO(jpeg))
                expect(im.size == (i["width"], i["height"]) and not im.getexif() and set(im.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}, im.info)
        s.stop()
        for path in glob.glob(os.path.join(top, "**"), recursive=True):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    held = file.read()
                expect(SECRET not in held and base64.b64encode(SECRET)[2:-4] not in held, path)


def test_upright_and_no_larger(top):
    with Server(top) as s:
        c = office(s)
        for orientation in range(1, 9):
            exif = Image.Exif()
            exif[0x112] = orientation
            stored = picture(900, 500, orientation)
            data = coded(stored, exif=exif, quality=95, progressive=orientation % 2 == 0)
            expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
            photo = add(c, data)
            images = next(p for p in photos(c) if p["photo"] == photo)["images"]
            expect([max(i["width"], i["height"]) for i in images] == [320, 800, 900], images)
            for i in images:
                im = Image.open(io.BytesIO(image(c, i["digest"])))
                expect(im.size == (round(expected.width * max(im.size) / 900), round(expected.height * max(im.size) / 900)), im.size)
                for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)):
                    a, b = (p.getpixel((int(p.width * x), int(p.height * y))) for p in (im, expected))
                    expect(max(abs(m - n) for m, n in zip(a, b)) < 24, orientation, (x, y), a, b)
        seen_through = picture(400, 300, 9).convert("RGBA")
        seen_through.putalpha(Image.new("L", (400, 300), 0))
        for kind, data, expected in (("transparent", coded(seen_through, "PNG"), (255, 255, 255)),
                                     ("16 bits", coded(Image.new("I;16", (400, 300), 32896), "PNG"), (128, 128, 128)),
                                     ("grey", coded(Image.new("L", (400, 300), 77)), (77, 77, 77)),
                                     ("palette", coded(Image.new("RGB", (400, 300), (9, 99, 199)).quantize(4), "PNG"), (9, 99, 199)),
                                     ("an edge that is thin", coded(Image.new("RGB", (5000, 64), (99, 9, 9)), "PNG"), (99, 9, 9))):
            photo = add(c, data)
            i = next(p for p in photos(c) if p["photo"] == photo)["images"][-1]
            got = Image.open(io.BytesIO(image(c, i["digest"]))).getpixel((i["width"] // 2, i["height"] // 2))
            expect(max(abs(m - n) for m, n in zip(got, expected)) < 4, kind, got)


def hostile():
    """(reason, file)"""
    good, png = coded(picture(seed=3), quality=80), coded(picture(seed=4), "PNG")
    for data in (good, png):
        for part in (0.02, 0.3, 0.7, 0.98):
            yield "photo_damaged", data[:int(len(data) * part)]
    for data in (b"GIF89a" + good, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"RIFF\0\0\0\0WEBPVP8 ", b"%PDF-1.4", b"\0" * 1000, b"\xff\xd8", b"BM" + good):
        yield "photo_type", data
    yield "photo_colours", coded(picture().convert("CMYK"))
    yield "photo_moves", coded(picture(), "PNG", save_all=True, append_images=[picture(seed=5)], duration=50)
    yield "photo_large", coded(picture(40, 40))
    yield "photo_large", png_of(20000, 20000, zlib.compress(b""))  # 1.2 GB, of which no byte is there
    yield "photo_damaged", png_of(0x7FFFFFFF, 0x7FFFFFFF, b"")
    yield "photo_large", png_of(8000, 8000, zlib.compress(b"\0" * (8001 * 8000), 9))  # 64 MB in 64 kB
    sof = good.index(b"\xff\xc0")
    yield "photo_large", good[:sof + 5] + struct.pack(">HH", 65500, 65500) + good[sof + 9:]
    yield "photo_damaged", good[:sof + 5] + struct.pack(">HH", 6000, 6000) + good[sof + 9:]
    rows = bytearray(zlib.compress(b"\0" * (101 * 100)))
    rows[20] ^= 255
    yield "photo_damaged", png_of(100, 100, bytes(rows))
    progressive = coded(picture(200, 200), progressive=True)
    scan = progressive[progressive.index(b"\xff\xda"):progressive.index(b"\xff\xda", progressive.index(b"\xff\xda") + 2)]
    yield "photo_damaged", progressive[:progressive.index(b"\xff\xda")] + scan * 3000 + b"\xff\xd9"  # scan after scan after scan


def test_what_is_no_photograph(top):
    with Server(top) as s:
        c = office(s)
        for n, (reason, data) in enumerate(hostile()):
            code, answer = upload(c, data, kind=("image/jpeg", "text/html")[n % 2])  # whatever it says it is
            expect((code, answer.get("reason")) == (409, reason), n, len(data), code, answer)
        code, answer = upload(c, b"")
        expect((code, answer["reason"]) == (422, "photo_type"), code, answer)
        # Text that unpacks to gigabytes is never unpacked.
        bomb = png_of(100, 100, zlib.compress(b"\0" * (101 * 100)), *[chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 7900000, 9)) for _ in range(300)])
        code, answer = upload(c, bomb)
        expect(code == 200, code, answer)
        for p in photos(c):
            c.act("photo-remove", photo=p["photo"])
        expect(photos(c) == [] and c.get("/api/mountain")[0] == 200)
        # Its type is what its bytes say; a page that hides in a photograph stays behind.
        photo = add(c, coded(picture(seed=6), comment=b"<script>alert(1)</script>") + b"<html><script>")
        expect(b"script" not in image(c, photos(c)[0]["images"][0]["digest"]) and photo)


def test_limits_of_the_request(top):
    with Server(top) as s:
        c = office(s)
        quiet = socket.create_connection(("127.0.0.1", s.port))  # begins, and says no more
        head = f"POST /api/photos/upload/{new()} HTTP/1.1\r\nHost: x\r\nCookie: {c.cookie}\r\nX-Piste: {c.proof}\r\n"
        quiet.sendall((head + "Content-Length: 100000\r\n\r\n").encode() + b"\xff\xd8\xff" + b"x" * 1000)
        with socket.create_connection(("127.0.0.1", s.port)) as large:  # refused by its head, to who asks before writing
            large.sendall((head + f"Expect: 100-continue\r\nContent-Length: {MOST + 1}\r\n\r\n").encode())
            expect(b" 413 " in large.recv(1000))
        expect(upload(c, b"\xff\xd8\xff" + b"\0" * MOST)[0] == 413, "after it has been written")
        with socket.create_connection(("127.0.0.1", s.port)) as chunked:  # a length that nobody announced
            chunked.sendall((head + "Transfer-Encoding: chunked\r\n\r\n").encode())
            answered = b""
            try:
                for _ in range(MOST // 65536 + 2):
                    chunked.sendall(b"10000\r\n" + b"\xff\xd8\xff" + b"\0" * 65533 + b"\r\n")
                chunked.sendall(b"0\r\n\r\n")
                answered = chunked.recv(100)
            except OSError:
                pass
            expect(answered == b"" or b" 413 " in answered, answered)
        data = coded(picture(seed=7))
        for part in (0, 10, len(data) // 2, len(data) - 1):
            with socket.create_connection(("127.0.0.1", s.port)) as cut:
                cut.sendall((head + f"Content-Length: {len(data)}\r\n\r\n").encode() + data[:part])
        expect(photos(c) == [] and json.loads(s.desk("photos"))["photos"] == [])
        expect(upload(c, data)[0] == 200)
        quiet.settimeout(60)
        expect(quiet.recv(100) == b"", "who says nothing more is hung up on")
        expect(len(photos(c)) == 1)


def test_who_may(top):
    with Server(top) as s:
        c = office(s)
        photo = add(c, coded(picture(seed=8)))
        for role in ("cashier", "gate", "planner", "auditor", ""):
            other = s.client()
            if role:
                s.account(role, role)
                other = s.sign_in(role)
            expected = 403 if role else 401
            expect(upload(other, coded(picture(seed=9)))[0] == expected, role)
            expect(change(other, photo, place="")[0] == expected, role)
            expect(other.post("/api/desk/photo-remove", key=new(), photo=photo)[0] == expected, role)
            expect(other.post("/api/desk/photo-add", key=new(), file="/etc/passwd")[0] == 404, role)
            expect(photos(other) == [], role, "it has no texts yet")
        expect(c.post("/api/desk/photo-add", key=new(), file="/etc/passwd")[0] == 404, "no path of a server's files comes over the network")
        proof, c.proof = c.proof, ""
        expect(upload(c, coded(picture(seed=9)))[0] == 403, "from another page")
        c.proof = proof
        tell(c, photo)
        expect([p["photo"] for p in photos(s.client())] == [photo])
        for name in ("0" * 64 + ".jpg", "0" * 64 + ".png", "x", "%2e%2e", "0" * 63 + ".jpg"):
            expect(s.client().get(f"/api/photos/image/{name}")[0] == 404, name)


def test_texts_place_and_order(top):
    with Server(top) as s:
        c = office(s)
        ids = [add(c, coded(picture(seed=n))) for n in range(10, 14)]
        for photo in ids:
            tell(c, photo)
        order = lambda: [p["photo"] for p in photos(c)]  # noqa: E731
        expect(order() == ids)
        for moved, before, expected in ((3, 0, (3, 0, 1, 2)), (3, None, (0, 1, 2, 3)), (0, 2, (1, 0, 2, 3)), (0, 0, (1, 0, 2, 3))):
            expect(change(c, ids[moved], before=0 if before is None else ids[before])[0] == 200)
            expect(order() == [ids[i] for i in expected], moved, before, order())
        lift, run, venue = (c.get("/api/mountain")[1][what][0]["key"] for what in ("lifts", "runs", "venues"))
        for place in (lift, run, venue, ""):
            expect(change(c, ids[0], place=place, taken="2019-02-02" if place else "")[0] == 200, place)
            p = next(p for p in photos(c) if p["photo"] == ids[0])
            expect((p["place"], p["taken"]) == (place, "2019-02-02" if place else ""), p)
        texts = [{"language": language, "caption": f"{language} 스키 滑雪 лыжи", "alternative": "x"} for language in ("ja", "en", "ru", "zh", "ko")]
        expect(change(c, ids[0], texts=texts)[0] == 200)
        expect([t["language"] for t in next(p for p in photos(c) if p["photo"] == ids[0])["texts"]] == ["en", "ko", "zh", "ru", "ja"])
        one = {"language": "en", "caption": "x", "alternative": "x"}
        for fields, reason in (({"place": "nowhere"}, "no_place"), ({"taken": "2019-02-30"}, None), ({"taken": "soon"}, None), ({"before": 999}, "no_photo"),
                               ({"texts": [dict(one, language="de")]}, None), ({"texts": [one, one]}, None), ({"texts": [dict(one, alternative="")]}, None),
                               ({"texts": [dict(one, caption="x" * 601)]}, None), ({"photo": 999}, "no_photo"), ({"digest": "x"}, None)):
            before = photos(c)
            code, answer = change(c, **{"photo": ids[0], **fields})
            expect(code in (409, 422) and (not reason or answer["reason"] == reason), fields, code, answer)
            expect(photos(c) == before, fields)
        expect(change(c, ids[0], texts=[])[0] == 200 and ids[0] not in [p["photo"] for p in photos(s.client())])


def test_once(top):
    with Server(top) as s:
        c = office(s)
        data, key = coded(picture(seed=20), quality=90), new()
        answers = [upload(c, data, key) for _ in range(3)]
        expect(all(a == answers[0] for a in answers) and answers[0][0] == 200, answers)
        code, answer = upload(c, coded(picture(seed=21)), key)
        expect(code == 422 and "another request" in answer["message"], answer)
        exif = Image.Exif()
        exif[0x010E] = "another file"
        for same in (data, data + b"more", data[:2] + b"\xff\xfe\0\x06more" + data[2:], data[:2] + b"\xff\xe1" + struct.pack(">H", 8 + len(exif.tobytes()) - 6) + exif.tobytes() + data[2:]):
            code, answer = upload(c, same)
            expect((code, answer["reason"]) == (409, "photo_twice"), code, answer)
        threads, got, many = [], [], new()

        def one():
            mine = s.client()
            mine.cookie, mine.proof = c.cookie, c.proof
            while True:
                code, answer = upload(mine, coded(picture(seed=22)), many)
                if code != 503:
                    got.append((code, answer.get("photo")))
                    return
        for _ in range(6):
            threads.append(threading.Thread(target=one))
            threads[-1].start()
        for t in threads:
            t.join()
        expect(len(set(got)) == 1 and got[0][0] == 200 and len(photos(c)) == 2, got)


def child_of(process):
    """The server's decoding process, once it is there."""
    while process.poll() is None:
        for path in glob.glob(f"/proc/{process.pid}/task/*/children"):
            try:
                with open(path, encoding="ascii") as file:
                    children = file.read().split()
                for child in children:
                    with open(f"/proc/{child}/cmdline", "rb") as file:
                        if b"--photo-process" in file.read():
                            return int(child)
            except OSError:
                pass
    raise AssertionError("the server has ended")


def test_a_process_that_dies(top):
    """Whatever becomes of the process that decodes, the server answers and goes on."""
    with Server(top) as s:
        c = office(s)
        noise = coded(Image.effect_noise((4000, 3000), 80).convert("RGB"), quality=90, progressive=True)
        for how in (signal.SIGSEGV, signal.SIGKILL):
            killer = threading.Thread(target=lambda: os.kill(child_of(s.process), how))
            killer.start()
            code, answer = upload(c, noise)
            killer.join()
            expect((code, answer["reason"]) == (409, "photo_failed"), code, answer)
        expect(photos(c) == [] and upload(c, noise)[0] == 200, "what failed may be tried again")


def test_what_that_process_may(top):
    p = subprocess.Popen([PISTE, "--photo-process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    status = {}
    while status.get("Seccomp", "0") != "2" and p.poll() is None:  # until it has given up what it may not
        with open(f"/proc/{p.pid}/status", encoding="ascii") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        with open(f"/proc/{p.pid}/maps", encoding="ascii", errors="replace") as file:
            if "libasan" in file.read() or "__asan" in open(PISTE, "rb").read(1 << 22).decode("latin-1"):
                p.kill()
                p.communicate()
                return "SKIP a sanitizer cannot be confined"
    with open(f"/proc/{p.pid}/limits", encoding="ascii") as file:
        limits = {line[:26].strip(): line[26:].split()[0] for line in file}
    expect(status["Seccomp"] == "2" and status["NoNewPrivs"] == "1", status)
    expect(int(limits["Max address space"]) < 1 << 30 and int(limits["Max cpu time"]) <= 15 and limits["Max file size"] == "0", limits)
    out, _ = p.communicate(coded(picture(seed=30)))
    expect(p.returncode == 0 and out[:4] == b"tohp" and b"\xff\xd8" in out, p.returncode, out[:50])
    return None


def stored(s):
    return {i["digest"]: image(s.client(), i["digest"]) for p in json.loads(s.desk("photos"))["photos"] for i in p["images"]}


def piste(*words, expected=0):
    done = subprocess.run([PISTE, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    expect(done.returncode == expected, words, done.returncode, done.stdout[-1000:], done.stderr[-1000:])
    return done.stdout + done.stderr


def test_taken_away(top):
    with Server(top) as s:
        c = office(s)
        noise = [coded(Image.effect_noise((640, 400), 60).convert("RGB"), quality=90) for _ in range(2)]
        keep, gone = (add(c, data) for data in noise)
        tell(c, gone)
        images = {p["photo"]: [i["digest"] for i in p["images"]] for p in photos(c)}
        inside = [image(c, d)[-2000:-1900] for d in images[gone]]
        if not DATABASE:
            piste("backup", os.path.join(top, "before.db"), "--db", s.db)
            with open(os.path.join(top, "before.db"), "rb") as file:
                held = file.read()
            expect(all(part in held for part in inside), "they are found where they are")
        c.act("photo-remove", photo=gone)
        expect([p["photo"] for p in photos(c)] == [keep])
        for digest in images[gone]:
            expect(s.client().get(f"/api/photos/image/{digest}.jpg")[0] == 404)
        code, answer = c.post("/api/desk/photo-remove", key=new(), photo=gone)
        expect((code, answer["reason"]) == (409, "no_photo"), answer)
        if not DATABASE:  # not a byte of them, while the server goes on
            for path in glob.glob(s.db + "*"):
                with open(path, "rb") as file:
                    held = file.read()
                expect(not any(part in held for part in inside), path)
        expect("all agree" in piste("audit", "--db", s.db))
        add(c, noise[1])  # it may come again


def test_backup_and_audit(top):
    with Server(top) as s:
        c = office(s)
        for n in (50, 51):
            tell(c, add(c, coded(picture(1000, 700, n))))
        before, listed = stored(s), json.loads(s.desk("photos"))["photos"]
        backup = os.path.join(top, "backup.db")
        piste("backup", backup, "--db", s.db)
    restored = os.path.join(top, "restored", "desk.db")
    os.mkdir(os.path.dirname(restored))
    expect("all agree" in piste("restore", backup, "--db", restored))
    expect(json.loads(piste("desk", "photos", "--db", restored, "--json"))["photos"] == listed)
    with sqlite3.connect(restored) as db:
        expect({d.hex(): b for d, b in db.execute("SELECT digest, bytes FROM photo_image")} == before)
    for n, (harm, told) in enumerate((
            ("UPDATE photo_image SET bytes = torn(bytes) WHERE photo = (SELECT min(id) FROM photo) AND width = 800", "not what was kept"),
            ("DELETE FROM photo_image WHERE width = 320", "images are there"),
            ("DELETE FROM photo WHERE id = (SELECT min(id) FROM photo)", "images are there"),
            ("UPDATE photo_image SET photo = (SELECT max(id) FROM photo)", "journal does not know"))):
        torn = os.path.join(top, f"torn-{n}.db")
        with open(backup, "rb") as file, open(torn, "wb") as out:
            out.write(file.read())
        db = sqlite3.connect(torn)
        db.create_function("torn", 1, lambda b: b[:500] + bytes([b[500] ^ 1]) + b[501:])  # one bit
        expect(db.execute(harm).rowcount > 0, harm)
        db.commit()
        db.close()
        expect(told in piste("audit", "--db", torn, expected=1), harm)
        expect(told in piste("restore", torn, "--db", os.path.join(top, f"never-{n}.db"), expected=1), harm)
        expect(not os.path.exists(os.path.join(top, f"never-{n}.db")), harm)
    with open(backup, "rb") as file, open(os.path.join(top, "short.db"), "wb") as out:
        out.write(file.read()[:-40960])
    done = subprocess.run([PISTE, "restore", os.path.join(top, "short.db"), "--db", os.path.join(top, "never.db")], capture_output=True, check=False)
    expect(done.returncode in (1, 6), done)


def test_the_command_line(top):
    db = os.path.join(top, "desk.db")
    piste("desk", "open", "date=2019-02-02", "--db", db)
    path = os.path.join(top, "hall.jpg")
    with open(path, "wb") as file:
        file.write(coded(picture(seed=60)))
    words = ["photo-add", f"file={path}", "place=rental", "taken=2019-02-01", "texts.language=en", "texts.caption=The hall", "texts.alternative=Skis",
             "texts.language=ko", "texts.caption=홀", "texts.alternative=스키", "--db", db, "--key", "once", "--json"]
    first = piste("desk", *words)
    expect(piste("desk", *words) == first)
    with open(path, "rb") as file:
        done = subprocess.run([PISTE, "desk", "photo-add", "file=-", "--db", db, "--json"], stdin=file, capture_output=True, text=True, check=False)
    expect(done.returncode == 8 and "photo_twice" in done.stdout, done)
    shown = json.loads(piste("desk", "photos", "shown=true", "--db", db, "--json"))["photos"]
    expect(len(shown) == 1 and shown[0]["texts"][1]["caption"] == "홀" and shown[0]["taken"] == "2019-02-01", shown)
    expect("expected the path" in piste("desk", "photo-add", "--db", db, expected=4))
    piste("desk", "photo-add", f"file={top}/none.jpg", "--db", db, expected=3)
    piste("desk", "photo-remove", "photo=1", "--db", db)
    expect("all agree" in piste("audit", "--db", db))


def test_two_servers_on_one_database(top):
    if not DATABASE:
        return "SKIP two servers share PostgreSQL alone"
    with Server(top) as one, Server(top, fresh=False) as two:  # with one vault
        c = office(one)
        photo = add(c, coded(picture(seed=70)))
        tell(c, photo)
        expect([p["photo"] for p in photos(two.client())] == [photo] and stored(one) == stored(two))
        there = two.client()
        there.cookie, there.proof = c.cookie, c.proof
        expect(upload(there, coded(picture(seed=70)))[1]["reason"] == "photo_twice")
        there.act("photo-remove", photo=photo)
        expect(photos(one.client()) == [])
    return None


if __name__ == "__main__":
    sys.exit(tap.run(globals()))
