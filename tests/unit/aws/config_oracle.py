#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How botocore reads what amiwright reads, for test_ini.c, test_aws_config.c, test_shell_split.c
and test_credentials.c.

    config_oracle.py ini FILE…             each file's sections, keys and values
    config_oracle.py profiles CONFIG CREDENTIALS   the profiles of the two together
    config_oracle.py words FILE            each line as shlex splits it
    config_oracle.py credentials FILE      the keys that a session would use, for each line
                                           of a profile and the values of VARIABLES

Tabs and line feeds in values are \\t and \\n, a backslash is two.
"""

import os
import sys

import botocore.exceptions
import botocore.session
from botocore.compat import compat_shell_split
from botocore.configloader import raw_config_parse


def say(*fields):
    print(*(f.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
            for f in fields), sep="\t")


def say_values(values, *before):
    for key, value in values.items():
        if isinstance(value, dict):
            for inner, text in value.items():
                say("nested", *before, key, inner, text)
        else:
            say("key", *before, key, value)


def ini(paths):
    for path in paths:
        try:
            parsed = raw_config_parse(path)
        except botocore.exceptions.ConfigParseError:
            say("error")
            say("end")
            continue
        for name, values in parsed.items():
            say("section", name)
            say_values(values)
        say("end")


def profiles(config, credentials):
    os.environ.update(AWS_CONFIG_FILE=config, AWS_SHARED_CREDENTIALS_FILE=credentials)
    full = botocore.session.Session().full_config
    for name, values in full["profiles"].items():
        say_values(values, name)


def words(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                say("words", *compat_shell_split(line.rstrip("\n")))
            except ValueError:
                say("error")


VARIABLES = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ACCESS_KEY_ID",
             "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE"]


def credentials(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            profile, *values = line.rstrip("\n").split("\t")
            for name, value in zip(VARIABLES, values):
                os.environ.pop(name, None)
                if value:
                    os.environ[name] = value
            try:
                found = botocore.session.Session(profile=profile or None).get_credentials()
            except botocore.exceptions.BotoCoreError:
                say("error")
                continue
            if found:
                say("keys", found.access_key, found.secret_key, found.token or "")
            else:
                say("none")


{"ini": lambda a: ini(a), "profiles": lambda a: profiles(*a),
 "words": lambda a: words(*a), "credentials": lambda a: credentials(*a)}[sys.argv[1]](sys.argv[2:])
