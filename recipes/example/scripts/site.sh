#!/bin/sh
# Runs in the new tree, as root, at the end; a failure fails the build.
set -eu
printf '<!doctype html><title>ready</title><p>built by amiwright\n' >/var/www/html/index.html
systemctl enable nginx
