/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Defaults that depend on what other keys say, as YAML. A key whose own value is wrong
 * or missing gives nothing here: recipe_load() has refused, or will refuse, the recipe
 * for it.
 */
#pragma once

#include "base/strbuf.h"
#include "core/recipe.h"

void recipe_derive_release(const struct recipe *r, struct strbuf *to);
void recipe_derive_user(const struct recipe *r, struct strbuf *to);
void recipe_derive_hostname(const struct recipe *r, struct strbuf *to);
void recipe_derive_boot(const struct recipe *r, struct strbuf *to);
void recipe_derive_boot_mode(const struct recipe *r, struct strbuf *to);
void recipe_derive_description(const struct recipe *r, struct strbuf *to);
