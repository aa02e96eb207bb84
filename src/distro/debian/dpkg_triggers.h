/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A package's triggers (deb-triggers(5)): which it is interested in, and which its being
 * unpacked sets off. Part of dpkg_db.h.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tree/deb.h"

struct dpkg_control;

/* Are all directives of the package's file known? */
bool dpkg_triggers_known(const struct deb *deb);

/*
 * Append to `deferred` what triggers/Unincorp is to say: "TRIGGER AWAITER". `interests`
 * has the lines of triggers/File: "PATH PACKAGE[/noawait]".
 */
void dpkg_triggers_activate(
	const struct deb *deb, const struct strv *interests, struct strbuf *deferred);

/* Note what the package is interested in; `dir` is dpkg's. */
int dpkg_triggers_register(const struct deb *deb, const struct dpkg_control *c,
	const char *dir, struct strv *interests, struct error *err);
