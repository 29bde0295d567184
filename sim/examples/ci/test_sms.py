"""A test of software that sends and receives SMS, with nothing but Python's standard library: python3 -m unittest test_sms."""

import json
import os
import subprocess
import termios
import time
import tty
import unittest
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class Network:
    """A simulated GSM network, as a process of its own."""

    def __init__(self, folder="/tmp/gsm-%d" % os.getpid(), modems=2):
        command = ["gsm-sim", "serve", "--json", "--profile", "none", "--modems", str(modems), "--dir", folder]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.control = ready["control"]
        self.modems = ready["modems"]

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.control + path, data, {"content-type": "application/json"}, method=method)
        if data is None:
            request.remove_header("Content-type")
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def deliver(self, to, sender, text):
        return self.ask("POST", "/deliver", {"to": to, "from": sender, "text": text, "wait": "10s"})

    def submitted(self, number, count=1):
        """What the network took from a number; waits until there are so many."""
        return self.ask("GET", "/submitted?" + urlencode({"from": number, "count": count, "wait": "10s"}))

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Modem:
    """A few AT commands on a serial port. Your software in place of it."""

    def __init__(self, path):
        self.port = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.port, termios.TCSANOW)
        self.say("ATE0\r", b"OK\r\n")
        self.say("AT+CMGF=1\r", b"OK\r\n")

    def say(self, text, until):
        os.write(self.port, text.encode("latin-1"))
        heard = b""
        deadline = time.monotonic() + 10
        while until not in heard:
            if time.monotonic() > deadline:
                raise TimeoutError("%r is not in %r" % (until, heard))
            heard += os.read(self.port, 1000)
        return heard.decode("latin-1")

    def send(self, to, text):
        self.say('AT+CMGS="%s"\r' % to, b"> ")
        return self.say(text + "\x1a", b"OK\r\n")

    def messages(self):
        return self.say('AT+CMGL="ALL"\r', b"OK\r\n")

    def close(self):
        os.close(self.port)


class SmsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.network = Network()
        cls.addClassCleanup(cls.network.close)

    def setUp(self):
        self.own, self.other = (modem["number"] for modem in self.network.modems)
        self.modem = Modem(self.network.modems[0]["tty"])
        self.addCleanup(self.modem.close)

    def test_a_message_leaves(self):
        self.modem.send(self.other, "Your code is 1234")
        (message,) = self.network.submitted(self.own)
        self.assertEqual((message["to"], message["text"]), (self.other, "Your code is 1234"))

    def test_a_message_comes(self):
        self.assertEqual(self.network.deliver(self.own, "BANK", "Your balance is 10")["messages"][0]["state"], "delivered")
        self.assertIn("Your balance is 10", self.modem.messages())


if __name__ == "__main__":
    unittest.main()
