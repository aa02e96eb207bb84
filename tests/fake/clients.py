#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""clients.py SAID ANSWER: what ec2_client.py and ebs_client.py do, as often as it is asked for: to
load botocore takes longer than to ask it something.

A line of standard input has words, each with a tab behind it: the value of each variable of
VARIABLES, empty when it is not set; "ec2" or "ebs"; the command and its arguments. What it prints
is in the file SAID when ANSWER, a named pipe, has its exit code.
"""
import contextlib
import ctypes
import os
import signal
import sys
import traceback

PR_SET_PDEATHSIG = 1
VARIABLES = ("EC2_REGION", "EC2_PARAMETER", "AWS_CA_BUNDLE")


def act(words):
    for name, value in zip(VARIABLES, words):
        os.environ.pop(name, None)
        if value:
            os.environ[name] = value
    which, command, *arguments = words[len(VARIABLES) :]
    # Not before somebody asks: not every test does.
    import ebs_client
    import ec2_client

    commands = {"ebs": ebs_client.COMMANDS, "ec2": ec2_client.COMMANDS}[which]
    commands[command](*arguments)


def main():
    # Who is killed while it waits for an answer never opens the pipe.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    for line in sys.stdin:
        code = 0
        try:
            with open(sys.argv[1], "w", encoding="utf-8") as said:
                with contextlib.redirect_stdout(said):
                    act(line.rstrip("\n").split("\t")[:-1])
        except Exception:
            traceback.print_exc()
            code = 1
        with open(sys.argv[2], "w", encoding="ascii") as answer:
            print(code, file=answer)


main()
